/* reason.c: every reason in one table: what editors read, what it asks for, whether the desk may
 * release it, whether it rings. */
#include "decide.h"

static const struct reason_row rows[REASONS] = {
    [WHY_PUBLISHED] = {"published", STANCE_SHOW, true, false},
    [WHY_EMBARGO] = {"embargoed until a given time", STANCE_SHOW, false, false},
    [WHY_EMBARGO_EMPTY] = {"embargoed without a time: held until a version without embargo",
        STANCE_HIDE, false, true},
    [WHY_EMBARGO_UNREADABLE] = {"the embargo's time cannot be read", STANCE_HIDE, false, true},
    [WHY_EMBARGO_NO_ZONE] = {"the embargo's time has no zone and the feed has none configured",
        STANCE_HIDE, false, true},
    [WHY_EMBARGO_WORDS] = {"its words say that it is not for use yet", STANCE_HIDE, true, true},
    [WHY_KILLED] = {"killed by the agency", STANCE_KILL, false, true},
    [WHY_KILL_FIRST] = {"the agency's kill came before the story", STANCE_KILL, false, true},
    [WHY_KILL_OLD_VERSION] = {"the kill names an older version or none: it counts nevertheless",
        STANCE_KILL, false, true},
    [WHY_TAKEN_DOWN] = {"taken down by the desk", STANCE_KILL, false, false},
    [WHY_WITHHELD] = {"withheld by the agency for the time being", STANCE_HIDE, false, true},
    [WHY_STATUS_UNKNOWN] = {"its publication status is not a known one", STANCE_HIDE, true, true},
    [WHY_KIND] = {"it is not an article", STANCE_PASS, false, false},
    [WHY_KIND_UNKNOWN] = {"its kind of item is not a known one", STANCE_PASS, true, true},
    [WHY_TEST] = {"it is marked as a test", STANCE_PASS, true, true},
    [WHY_NO_HEADLINE] = {"it has no headline", STANCE_PASS, false, false},
    [WHY_NO_BODY] = {"it has no text", STANCE_PASS, true, false},
    [WHY_LANGUAGE] = {"its language is outside the feed's licence", STANCE_PASS, true, false},
    [WHY_PROVIDER] = {"it names another provider than its feed's", STANCE_IGNORE, false, true},
    [WHY_FOREIGN_FEED] = {"another feed sent this for a story that is not its own: ignored",
        STANCE_IGNORE, false, true},
    [WHY_EXPIRED] = {"the right to show it has ended", STANCE_SHOW, false, false},
    [WHY_EXPIRES] = {"the right to show it ends at a given time", STANCE_SHOW, false, false},
    [WHY_EXPIRY_UNREADABLE] = {"the time at which its right ends cannot be read", STANCE_HIDE, true,
        true},
    [WHY_RETENTION] = {"the licence allows it for a number of days", STANCE_SHOW, false, false},
    [WHY_ADVISORY] = {"it is a message to editors, not a story", STANCE_PASS, true, false},
    [WHY_RULE_HOLD] = {"a rule holds it for the desk", STANCE_PASS, true, false},
    [WHY_RULE_DROP] = {"a rule drops it", STANCE_PASS, true, false},
    [WHY_DESK_HOLD] = {"held by the desk", STANCE_HIDE, true, false},
    [WHY_DESK_PUBLISH] = {"released by the desk", STANCE_SHOW, true, false},
    [WHY_PAUSED] = {"it came while publishing was paused", STANCE_PASS, true, false},
    [WHY_VERSION_CONFLICT] = {"two different items carry one version: the first is kept",
        STANCE_SHOW, true, true},
    [WHY_VERSION_ODD] = {"its version is not a plain number", STANCE_SHOW, true, true},
    [WHY_AFTER_KILL] = {"a usable version came after the kill: the desk is to confirm", STANCE_SHOW,
        true, true},
    [WHY_NO_DATE] = {"it carries no date: not on fronts", STANCE_SHOW, true, false},
    [WHY_FUTURE_DATE] = {"its date lies in the future: shown with its arrival", STANCE_SHOW, true,
        false},
    [WHY_OLD_DATE] = {"its date is old: not on fronts", STANCE_SHOW, true, false},
    [WHY_REUSED_GUID] = {"an unrelated text under the id of an old story", STANCE_PASS, true, true},
    [WHY_SIGNAL_UNKNOWN] = {"it carries a signal that may forbid its use", STANCE_HIDE, true, true},
    [WHY_PLACEHOLDER] = {"its text has a gap to be filled in", STANCE_PASS, true, true},
    [WHY_OBITUARY] = {"it is an obituary written in advance", STANCE_HIDE, true, true},
    [WHY_MERGED] = {"it is part of another page", STANCE_SHOW, true, false},
    [WHY_FEED_UNKNOWN] = {"its feed is not configured (any more)", STANCE_HIDE, false, true},
    [WHY_LOCKED] = {"its licence keeps the agency's headline; the desk's is not shown", STANCE_SHOW,
        true, false},
    [WHY_LOCAL_HEADLINE] = {"the wire has changed since the desk wrote this headline", STANCE_SHOW,
        true, true},
    [WHY_TERMS_PLACE] = {"its terms of use forbid a place", STANCE_HIDE, true, true},
    [WHY_TERMS_WEB] = {"its terms of use forbid the web", STANCE_HIDE, true, true},
    [WHY_TERMS_ARCHIVE] = {"its terms of use forbid archives", STANCE_HIDE, true, true},
    [WHY_TERMS_HANDOUT] = {"it is handed on for another", STANCE_HIDE, true, true},
    [WHY_TERMS_TIME] = {"its terms of use end at a time that is not understood", STANCE_HIDE, true,
        true},
    [WHY_TERMS_CREDIT] = {"it must be credited, and no credit came with it", STANCE_HIDE, true,
        true},
    [WHY_NO_PICTURES] = {"the feed's licence has no pictures", STANCE_PASS, false, false},
    [WHY_NOTICE_KILL] = {"killed by the agency in words", STANCE_KILL, false, true},
    [WHY_NOTICE_HOLD] = {"put on hold by the agency in words", STANCE_HIDE, true, true},
    [WHY_NOTICE_DOUBT] = {"a kill in words may mean this story: suspended until the desk decides",
        STANCE_HIDE, true, true},
    [WHY_SHADOW] = {"its feed is in shadow: nothing of it is public", STANCE_PASS, true, false},
    [WHY_RULE_SHADOW] = {"a rule in shadow would act on it", STANCE_SHOW, true, false},
    [WHY_MANY_STORIES] = {"its feed brought more stories within an hour than its limit allows",
        STANCE_PASS, true, false},
    [WHY_MANY_UPDATES] = {"more updates of it came within an hour than its feed's limit allows",
        STANCE_PASS, true, false},
    [WHY_TOO_OLD] = {"its date is older than its feed's limit allows", STANCE_PASS, true, false},
    [WHY_FROZEN] = {"its feed rewrote many old stories within an hour: this rewrite is frozen",
        STANCE_PASS, true, false},
    [WHY_RULE_WAIT] = {"a rule lets it wait", STANCE_PASS, true, false},
    [WHY_ECHO] = {"our own party stands in its history: an echo, dropped", STANCE_IGNORE, false,
        false},
    [WHY_COPY] = {"a near copy of a story that was killed within a day before", STANCE_HIDE, true,
        true},
    [WHY_TERRITORY] = {"its licence is for some countries, and the site cannot tell where a reader "
                       "is",
        STANCE_HIDE, false, false},
    [WHY_OTHER_AGENCY] = {"it plainly names another agency than its feed's, to be added to "
                          "provider_ids where the feed brings both",
        STANCE_PASS, true, true},
    [WHY_RESTORED] = {"withdrawn, and brought back by the desk", STANCE_SHOW, true, false},
};

const struct reason_row *reason_row(enum reason_code c)
{
    must((unsigned)c < REASONS && rows[c].text);
    return &rows[c];
}

const char *reason_text(enum reason_code c)
{
    return reason_row(c)->text;
}

bool reason_yields(enum reason_code c)
{
    const struct reason_row *row = reason_row(c);
    return row->desk_may && row->stance != STANCE_SHOW;
}

void add_reason(
    struct desk *d, enum reason_code code, uint32_t rule_line, bool alarm, struct span detail)
{
    struct verdict *v = d->out;
    for (size_t i = 0; i < v->reason_count; i++)
        if (v->reasons[i].code == code && v->reasons[i].rule_line == rule_line) {
            v->reasons[i].alarm |= alarm;
            return;
        }
    if (v->reason_count == DESK_REASONS_MAX) return;
    struct reason *r = ARENA_PUSH(d->a, v->reasons, v->reason_count, d->reason_cap);
    *r = (struct reason){.code = code, .rule_line = rule_line, .alarm = alarm, .detail = detail};
}
