#!/usr/bin/env python3
"""Alarms that end by themselves: a feed that keeps its limit again (T5), and one whose time of silence a reload changes. The hour that the first takes is taken off the ledger's dates while
the house is at rest; the minute of the second, the shortest that can be configured, is waited for."""
import json, sqlite3
from _house import *

ONE_MINUTE_S = 90


def config(more): return site_file("Clears", more=more)


with House(config=config("    limits:\n      stories_per_hour: 2\n")) as h:
    for n in range(4): h.drop(f"{n}.json", ninjs(f"tag:example.org,2026:{n}", f"Story {n} of the hour"))
    check(until(lambda: "more than 2 new stories within an hour" in h.verb("desk", "alarms").stdout), "more than the limit: an alarm", h.verb("desk", "alarms").stdout)
    check(len(h.api()) == 2, "and what is over waits", h.api())
    r = h.stop() == 0 and h.verb("rebuild")
    check(r.returncode == 0 and "all clear" not in r.stderr + h.log_text(), "it stays on within the hour", r.stderr)
    with sqlite3.connect(os.path.join(h.data, "ledger.db")) as db: db.execute("UPDATE event SET received_ms = received_ms - 7200000")
    r = h.verb("rebuild")
    check(r.returncode == 0 and "all clear: rate wire: stories" in r.stderr, "an hour within the limit: all clear", r.stdout + r.stderr)

with House(config=config("    silent_after_minutes: 1\n")) as h:
    logged = lambda text: h.log_text().count(text)
    check(until(lambda: logged("alarm: feed: nothing has come for 1 minutes"), within_s=ONE_MINUTE_S), "a silent minute: an alarm", h.log_text()[-600:])
    status = h.verb("status")
    check(status.returncode == 1 and "SILENT FEEDS: 1" in status.stdout and "feed wire: nothing has come" in status.stdout and json.loads(h.verb("status", "--json").stdout)["feeds_silent"] == 1, "status says so, and a monitor hears it", status)
    check('broadsheet_feed_silent{feed="wire"} 1\n' in h.get("/metrics").text, "and metrics")
    h.write_config(config("    silent_after_minutes: 60\n"))
    check(h.verb("reload").returncode == 0 and until(lambda: logged("all clear: feed wire"), within_s=40), "a reload that gives it an hour: all clear", h.log_text()[-600:])
    h.write_config(config("    silent_after_minutes: 1\n"))
    check(h.verb("reload").returncode == 0 and until(lambda: logged("alarm: feed: nothing has come for") == 2, within_s=ONE_MINUTE_S), "one that takes it back: an alarm again", h.log_text()[-600:])
    h.drop("new.json", ninjs("tag:example.org,2026:new", "Something has come"))
    check(until(lambda: logged("all clear: feed wire") == 2, within_s=40), "something comes: all clear", h.log_text()[-600:])
    status = until(lambda: (lambda r: r if r.returncode == 0 else None)(h.verb("status")))
    check(status and "feed wire: 1 delivered in 24 h, the last " in status.stdout and 'broadsheet_feed_deliveries_total{feed="wire"} 1\n' in h.get("/metrics").text, "what it brought stands there", status)
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
