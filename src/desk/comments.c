/* comments.c: which of readers' comments are shown, and how long a story takes them. Pure: what was
 * written when, what editors said of it, the rules in force. */
#include "decide.h"

static const struct desk_feed *feed_of(
    const struct desk_set *set, const struct verdict *v, const struct desk_rules *rules)
{
    size_t shown = v->shown != SIZE_MAX ? v->shown : v->version;
    for (uint32_t i = 0; shown < set->version_count && i < rules->feed_count; i++)
        if (span_eq(rules->feeds[i].name, set->versions[shown].feed)) return &rules->feeds[i];
    return NULL;
}

int64_t desk_comments_until(
    const struct desk_set *set, const struct verdict *v, const struct desk_rules *rules)
{
    const struct desk_feed *f = feed_of(set, v, rules);
    if (rules->comments == DESK_COMMENTS_OFF || !f || !f->comments || v->published_ms <= 0)
        return 0;
    return v->published_ms + (int64_t)rules->comment_days * DAY_MS;
}

enum comment_state desk_comment(
    const struct desk_set *set, const struct desk_rules *rules, const struct comment *c)
{
    for (size_t i = set->act_count; i-- > 0;) {
        const struct act *t = &set->acts[i];
        if ((t->kind != ACT_APPROVE && t->kind != ACT_HIDE) || !span_eq(t->text, c->id)) continue;
        return t->kind == ACT_APPROVE ? COMMENT_SHOWN : COMMENT_HIDDEN;
    }
    return rules->comments == DESK_COMMENTS_OPEN ? COMMENT_SHOWN : COMMENT_WAITS;
}

static size_t characters(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
    return n;
}

static bool is_id(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return s.n > 0 && s.n <= COMMENT_ID_MAX;
}

bool comment_fits(const struct comment *c)
{
    return is_id(c->id) && utf8_valid(c->name) && utf8_valid(c->text) && span_trim(c->name).n &&
           span_trim(c->text).n && characters(c->name) <= COMMENT_NAME_MAX &&
           characters(c->text) <= COMMENT_TEXT_MAX;
}
