// start: Chromium as every program here has it: without a window system, without what draws by graphics hardware, of which there is none.
import { chromium } from "playwright-core";

// As root, which test machines often are, Chromium has no sandbox of its own.
export function start(plan, more = []) {
  const args = [...(process.getuid() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", "--disable-dev-shm-usage", ...more];
  return chromium.launch({ executablePath: plan.chromium, args });
}
