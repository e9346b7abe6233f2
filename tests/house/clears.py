#!/usr/bin/env python3
"""Alarms that end by themselves: a feed that keeps its limit again (T5), and one whose time of silence a reload changes. The hour that the first takes is taken off the ledger's dates while
the house is at rest; the minute of the second, the shortest that can be configured, is waited for."""
import json, re, sqlite3
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
    check(h.verb("rebuild").returncode == 0, "an hour later")
    h.start()
    check(until(lambda: "all clear: rate wire: stories" in h.log_text(), within_s=60), "an hour within the limit: all clear", h.log_text()[-600:])


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


def telex(number, headline="A bridge"):
    """One message of IPTC 7901, as an agency numbers it."""
    return f"\x01qna{number:04} 3 i 12  qna {number:04}\r\n\r\nBridge/\r\n\x02{headline} of day {number} =\r\n\r\nHafenstadt (qna) - It is open again, says number {number}.\r\n\x03{time.strftime('%d%H%M GMT %b %y', time.gmtime(time.time() - 1200))}\r\n\x04"


with House(config=config("")) as h:
    logged = lambda text: h.log_text().count(text)
    for n in range(1, 32):
        if n not in (27, 28): h.drop(f"{n:03}.txt", telex(n))
    check(until(lambda: len(h.api(1)) and "feed wire: 29 delivered" in h.verb("status").stdout), "numbered messages", h.verb("status").stdout)
    r = h.verb("status")
    check("messages that it numbers have not come: qna 27 to 28; 2 in all" in r.stdout and json.loads(h.verb("status", "--json").stdout)["feeds"][0]["missing_messages"] == 2, "two are missing: status says so", r.stdout)
    check(until(lambda: 'broadsheet_feed_missing_messages{feed="wire"} 2\n' in h.get("/metrics").text, within_s=40) and r.returncode == 0 and not logged("alarm: gap"), "and metrics; nobody is told yet", h.log_text()[-600:])
    check(h.stop() == 0, "it rests")
    with sqlite3.connect(os.path.join(h.data, "ledger.db")) as db: db.execute("UPDATE event SET received_ms = received_ms - 660000 WHERE kind = 2")
    check(h.verb("rebuild").returncode == 0, "eleven minutes later")
    h.start()
    check(until(lambda: logged("alarm: gap: messages that it numbers have not come: qna 27 to 28; 2 in all, for 1"), within_s=40), "an alarm", h.log_text()[-600:])
    check(until(lambda: h.verb("status").returncode == 1) and json.loads(h.verb("status", "--json").stdout)["feeds_amiss"] == 1, "a monitor hears it", h.verb("status").stdout)
    h.drop("027.txt", telex(27))
    h.drop("028.txt", telex(28))
    check(until(lambda: logged("all clear: gap wire"), within_s=40) and not logged("feed-clock"), "they come: all clear", h.log_text()[-600:])
    for n in range(7): h.drop(f"early-{n}.json", ninjs(f"tag:example.org,2026:e{n}", f"Story {n} of tomorrow", versionCreated=at(70)))
    for n in range(20): h.drop(f"more-{n}.json", ninjs(f"tag:example.org,2026:f{n}", f"Another {n} of tomorrow", versionCreated=at(70)))
    check(until(lambda: logged("alarm: feed-clock: its messages are dated"), within_s=40), "a feed whose clock is ahead: an alarm", h.log_text()[-600:])
    check(until(lambda: h.verb("status").returncode == 1), "a monitor hears it")
    r = h.verb("status")
    metric = re.search(r'broadsheet_feed_clock_ahead_seconds{feed="wire"} (\d+)', h.get("/metrics").text)
    check(r.returncode == 1 and "ahead of this machine's clock" in r.stdout and metric and 540 < int(metric[1]) <= 600, "and status and metrics say so", (r.stdout, metric))
    h.drop("broken.xml", "<newsItem guid='x'><itemMeta></newsItem>")
    check(until(lambda: "; 1 could not be read" in h.verb("status").stdout) and 'broadsheet_feed_unreadable_total{feed="wire"} 1\n' in h.get("/metrics").text, "what cannot be read is counted", h.verb("status").stdout)
    check(h.stop() == 0, "it ends cleanly", h.log_text()[-2000:])
done()
