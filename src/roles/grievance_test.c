/* grievance_test.c: a complaint in a newsroom with a driven clock: its terms, what rings and when,
 * also over a jump of the clock and a restart, what its acts make of it, what leaves the house, and
 * that a rebuild comes to the same. */
#include <string.h>

#include "newsroom_kit.h"
#include "office.h"

#define HOUR INT64_C(3600000)
enum { OUTS = 64 };

static const struct span name = {"Perpetua Quill", 14}, contact = {"perpetua@example.org", 20};

static void comes(story_id number)
{
    struct complaint c = {.number = number,
        .at_ms = now_ms,
        .token = S("0123456789abcdef0123456789abcdef"),
        .name = name,
        .contact = contact,
        .text = S("It is not true."),
        .about = S(""),
        .wish = S("")};
    must(grievance_append(newsroom_ledger(newsroom), a, house.data, 77, &c) == OK);
    must(newsroom_work() == OK);
}

static void act(enum act_kind kind, story_id number, const char *text)
{
    struct act t = {.kind = kind,
        .target = story_id_text(a, number),
        .text = span_of(text),
        .by = S("officer")};
    newsroom_event(EVENT_ACT, S(""), act_write(a, &t), S(""));
    must(newsroom_work() == OK);
}

static void goes_on(int64_t ms)
{
    now_ms += ms;
    clock_set_virtual(now_ms);
    must(newsroom_tell_deadlines(newsroom, now_ms) == OK);
}

static struct stored_grievance known(story_id number)
{
    struct stored_grievance g;
    must(store_grievance(newsroom_store(newsroom), number, a, &g) == OK);
    return g;
}

static size_t alarms_that_say(const char *words)
{
    struct alarm *list;
    size_t count = 0, n = 0;
    must(store_alarms(newsroom_store(newsroom), a, &list, &count) == OK);
    for (size_t i = 0; i < count; i++)
        n += span_eq(list[i].kind, S("grievance")) && span_find(list[i].text, span_of(words)) >= 0;
    return n;
}

static size_t outs_of(const char *kind, const char *words)
{
    struct out outs[OUTS];
    size_t count = 0, n = 0;
    must(
        store_outs(newsroom_store(newsroom), OUTS_REST, 0, INT64_MAX, a, outs, OUTS, &count) == OK);
    for (size_t i = 0; i < count; i++) {
        check(span_find(outs[i].body, name) < 0 && span_find(outs[i].body, contact) < 0,
            "what leaves says nothing of who complained");
        n += span_eq(outs[i].kind, span_of(kind)) && span_find(outs[i].body, span_of(words)) >= 0;
    }
    return n;
}

static void in_time(void)
{
    comes(7);
    struct stored_grievance g = known(7);
    check(g.acknowledge_by_ms == now_ms + 24 * HOUR && g.answer_by_ms == now_ms + 360 * HOUR &&
              g.story == 77,
        "it has its terms");
    check(alarms_that_say("has come") == 1, "that it has come rings");
    goes_on(19 * HOUR);
    check(alarms_that_say("is to be acknowledged by") == 1, "and nothing more for a while");
    act(ACT_ACKNOWLEDGE, 7, "");
    goes_on(10 * HOUR);
    check(known(7).acknowledged_ms > 0 && !alarms_that_say("was to be acknowledged"),
        "acknowledged in time nothing rings for that");
    check(outs_of("clear", "its answer") == 0 && outs_of("clear", "grievance") == 1,
        "it is over for those who were rung");
    check(outs_of("complainant", "acknowledged") == 1, "whoever complained is told");
    act(ACT_ACKNOWLEDGE, 7, "");
    check(outs_of("complainant", "acknowledged") == 1, "once");
    act(ACT_NOTE, 7, "spoke to the agency");
    act(ACT_FORWARD, 7, "");
    check(known(7).forwarded_ms > 0 && !known(7).decided_ms, "it is passed on");
    act(ACT_UPHOLD, 7, "The story was corrected.");
    g = known(7);
    check(g.decided_ms && g.is_upheld && span_eq(g.wording, S("The story was corrected.")) &&
              g.decided_ms <= g.answer_by_ms,
        "and decided in time");
    check(outs_of("complainant", "upheld") == 1 && outs_of("clear", "its answer") == 1, "all told");
    goes_on(400 * HOUR);
    check(!alarms_that_say("was to be decided"), "nothing rings for it any more");
    struct stored_act *list;
    size_t count = 0;
    must(store_acts(newsroom_store(newsroom), 7, a, &list, &count) == OK);
    check(count == 5, "who did what is kept: %zu", count);
}

static void too_late(void)
{
    comes(8);
    int64_t came = now_ms;
    goes_on(20 * HOUR);
    check(alarms_that_say("complaint 000000000008 is to be acknowledged by") == 1,
        "four hours before it rings");
    goes_on(0);
    check(alarms_that_say("complaint 000000000008 is to be acknowledged by") == 1, "once");
    goes_on(4 * HOUR);
    check(alarms_that_say("complaint 000000000008 was to be acknowledged") == 1,
        "when the term is over again");
    newsroom_close(newsroom); /* a restart */
    newsroom_start(false);
    goes_on(HOUR);
    check(alarms_that_say("complaint 000000000008 was to be acknowledged") == 1,
        "a restart rings nothing twice");
    goes_on(400 * HOUR); /* the clock was put on */
    check(alarms_that_say("complaint 000000000008 is to be decided by") == 1 &&
              alarms_that_say("complaint 000000000008 was to be decided") == 1,
        "over a jump of the clock no bell is lost");
    act(ACT_REJECT, 8, "The story is right.");
    struct stored_grievance g = known(8);
    check(g.acknowledged_ms == g.decided_ms && g.decided_ms > g.answer_by_ms && !g.is_upheld &&
              g.received_ms == came,
        "who decides has acknowledged, however late");
    act(ACT_UPHOLD, 8, "We were wrong.");
    check(known(8).is_upheld && known(8).decided_ms == g.decided_ms,
        "it may be decided anew; when it was first stays");
}

static void nonsense(void)
{
    newsroom_event(EVENT_GRIEVANCE, S(""), S("{\"number\":\"short\",\"key\":\"x\"}"), S(""));
    newsroom_event(EVENT_GRIEVANCE, S(""), S("nothing"), S(""));
    must(newsroom_work() == OK);
    act(ACT_UPHOLD, 9, "There is no such complaint.");
    struct stored_grievance g;
    check(store_grievance(newsroom_store(newsroom), 9, a, &g) == ERR_ABSENT,
        "an act of no complaint makes none");
}

static bool same(const struct stored_grievance *x, const struct stored_grievance *y)
{
    return x->received_ms == y->received_ms && x->acknowledged_ms == y->acknowledged_ms &&
           x->decided_ms == y->decided_ms && x->forwarded_ms == y->forwarded_ms &&
           x->answer_by_ms == y->answer_by_ms && x->is_upheld == y->is_upheld &&
           span_eq(x->wording, y->wording) && span_eq(x->key, y->key);
}

static void rebuilt(void)
{
    struct stored_grievance before[] = {known(7), known(8)};
    newsroom_close(newsroom);
    newsroom_start(true);
    must(newsroom_work() == OK);
    struct stored_grievance after[] = {known(7), known(8)};
    check(same(&before[0], &after[0]) && same(&before[1], &after[1]), "a rebuild gives the same");
}

int main(void)
{
    static const char *const feeds[] = {"wire"}, *const providers[] = {"Wire"};
    log_quiet(getenv("LOUD") ? LOG_DEBUG : LOG_ERROR + 1);
    house_start(feeds, providers, 1);
    newsroom_start(false);
    must(newsroom_work() == OK);
    goes_on(0);
    in_time();
    too_late();
    nonsense();
    rebuilt();
    house_end();
    return tap_end();
}
