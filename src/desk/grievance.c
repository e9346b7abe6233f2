/* grievance: by when a complaint is to be acknowledged and answered, and how it stands. Pure. */
#include "desk.h"

enum { HOUR_MS = 3600000 };

void grievance_terms(struct grievance_clock *c, uint32_t hours, uint32_t days)
{
    c->acknowledge_by_ms = c->received_ms + hours * INT64_C(1) * HOUR_MS;
    c->answer_by_ms = c->received_ms + days * INT64_C(24) * HOUR_MS;
}

int64_t grievance_rings_ms(const struct grievance_clock *c, enum grievance_bell b, int64_t soon_ms)
{
    bool is_answer = b == BELL_ANSWER_SOON || b == BELL_ANSWER_LATE;
    bool is_soon = b == BELL_ACKNOWLEDGE_SOON || b == BELL_ANSWER_SOON;
    int64_t by = is_answer ? c->answer_by_ms : c->acknowledge_by_ms;
    int64_t at = is_soon ? by - soon_ms : by;
    bool is_done = c->decided_ms || (!is_answer && c->acknowledged_ms);
    if (is_done || (is_soon && !soon_ms) || at <= c->received_ms) return 0;
    return at;
}

enum grievance_standing grievance_stands(const struct grievance_clock *c, int64_t now_ms)
{
    if (c->decided_ms)
        return c->decided_ms > c->answer_by_ms ? GRIEVANCE_DECIDED_LATE : GRIEVANCE_DECIDED;
    if (now_ms > c->answer_by_ms) return GRIEVANCE_ANSWER_LATE;
    if (c->acknowledged_ms) return GRIEVANCE_ACKNOWLEDGED;
    return now_ms > c->acknowledge_by_ms ? GRIEVANCE_NEW_LATE : GRIEVANCE_NEW;
}

const char *grievance_standing_name(enum grievance_standing s)
{
    static const char *const names[] = {
        "new", "acknowledged", "new-late", "answer-late", "decided", "decided-late"};
    must((size_t)s < COUNT(names));
    return names[s];
}
