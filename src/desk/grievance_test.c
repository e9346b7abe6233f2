/* grievance_test.c: by when a complaint is to be acknowledged and answered, when that rings, and
 * how it stands: whatever a zone's clocks do. */
#include <string.h>

#include "clock.h"
#include "desk.h"
#include "tap.h"

#define HOUR INT64_C(3600000)

static int64_t at(const char *iso)
{
    struct when w = when_iso(span_of(iso));
    must(w.kind == WHEN_UTC);
    return w.ms;
}

static void terms(void)
{
    /* The night in which London's clocks are put on, and one in Kolkata, where they never are. */
    static const char *const came[] = {
        "2026-03-28T23:30:00+00:00", "2026-10-24T23:30:00+01:00", "2026-01-23T11:30:00+05:30"};
    for (size_t i = 0; i < COUNT(came); i++) {
        struct grievance_clock c = {.received_ms = at(came[i])};
        grievance_terms(&c, 24, 15);
        check(c.acknowledge_by_ms - c.received_ms == 24 * HOUR &&
                  c.answer_by_ms - c.received_ms == 15 * 24 * HOUR,
            "24 hours are 24 hours, and 15 days 360: %s", came[i]);
    }
    struct grievance_clock c = {.received_ms = at("2026-01-23T00:00:00Z")};
    grievance_terms(&c, 720, 365);
    check(c.answer_by_ms == at("2027-01-23T00:00:00Z"), "the longest terms");
}

static void bells(void)
{
    struct grievance_clock c = {.received_ms = 1000 * HOUR};
    grievance_terms(&c, 24, 15);
    check(grievance_rings_ms(&c, BELL_ACKNOWLEDGE_SOON, 4 * HOUR) == 1020 * HOUR &&
              grievance_rings_ms(&c, BELL_ACKNOWLEDGE_LATE, 4 * HOUR) == 1024 * HOUR &&
              grievance_rings_ms(&c, BELL_ANSWER_SOON, 48 * HOUR) == 1312 * HOUR &&
              grievance_rings_ms(&c, BELL_ANSWER_LATE, 48 * HOUR) == 1360 * HOUR,
        "four bells");
    check(!grievance_rings_ms(&c, BELL_ACKNOWLEDGE_SOON, 0), "none before, where none is wanted");
    check(!grievance_rings_ms(&c, BELL_ACKNOWLEDGE_SOON, 24 * HOUR) &&
              !grievance_rings_ms(&c, BELL_ACKNOWLEDGE_SOON, 30 * HOUR),
        "none before it came");
    c.acknowledged_ms = 1001 * HOUR;
    check(!grievance_rings_ms(&c, BELL_ACKNOWLEDGE_SOON, HOUR) &&
              !grievance_rings_ms(&c, BELL_ACKNOWLEDGE_LATE, HOUR) &&
              grievance_rings_ms(&c, BELL_ANSWER_LATE, HOUR),
        "what is acknowledged rings for its answer alone");
    c.decided_ms = 1002 * HOUR;
    check(!grievance_rings_ms(&c, BELL_ANSWER_SOON, HOUR) &&
              !grievance_rings_ms(&c, BELL_ANSWER_LATE, HOUR),
        "what is decided rings no more");
}

static void standing(void)
{
    struct grievance_clock c = {.received_ms = 1000 * HOUR};
    grievance_terms(&c, 24, 15);
    check(grievance_stands(&c, 1024 * HOUR) == GRIEVANCE_NEW, "at its last instant it is in time");
    check(grievance_stands(&c, 1024 * HOUR + 1) == GRIEVANCE_NEW_LATE, "then it is late");
    check(grievance_stands(&c, 1361 * HOUR) == GRIEVANCE_ANSWER_LATE, "and later still");
    c.acknowledged_ms = 1030 * HOUR;
    check(grievance_stands(&c, 1360 * HOUR) == GRIEVANCE_ACKNOWLEDGED &&
              grievance_stands(&c, 1360 * HOUR + 1) == GRIEVANCE_ANSWER_LATE,
        "acknowledged, until its answer is late");
    c.decided_ms = 1360 * HOUR;
    check(grievance_stands(&c, 9999 * HOUR) == GRIEVANCE_DECIDED, "decided in time, for good");
    c.decided_ms++;
    check(grievance_stands(&c, 9999 * HOUR) == GRIEVANCE_DECIDED_LATE, "or too late, for good");
    check_span(span_of(grievance_standing_name(GRIEVANCE_ANSWER_LATE)), S("answer-late"), "a name");
}

static void acts(void)
{
    const char *why;
    char words[ACT_ANSWER_MAX + 2];
    memset(words, 'x', sizeof words);
    struct act t = {
        .kind = ACT_UPHOLD, .target = S("0123456789ab"), .text = {words, ACT_ANSWER_MAX}};
    check(act_check(&t, DESK_EDITOR, &why), "an answer of 4,000 bytes");
    t.text.n++;
    check(!act_check(&t, DESK_EDITOR, &why), "and no longer one");
    t.text = S(" ");
    check(!act_check(&t, DESK_EDITOR, &why), "an answer has words");
    t.text = S("Corrected.");
    check(act_check(&t, DESK_EDITOR, &why) && !act_check(&t, DESK_READER, &why), "by an editor");
    static const char *const no[] = {"", "all", "0123456789a", "0123456789AB", "../../etc"};
    for (size_t i = 0; i < COUNT(no); i++) {
        t.target = span_of(no[i]);
        check(!act_check(&t, DESK_CHIEF, &why), "no complaint's number: %s", no[i]);
    }
}

int main(void)
{
    terms();
    bells();
    standing();
    acts();
    return tap_end();
}
