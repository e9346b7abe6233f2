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

static const struct act *last_word(const struct desk_set *set, struct span id)
{
    for (size_t i = set->act_count; i-- > 0;) {
        const struct act *t = &set->acts[i];
        if ((t->kind == ACT_APPROVE || t->kind == ACT_HIDE) && span_eq(t->text, id)) return t;
    }
    return NULL;
}

static size_t reports_since(const struct comment_past *c, const struct act *word)
{
    size_t n = 0;
    for (size_t i = 0; i < c->report_count; i++) n += !word || c->reports[i] > word->pos;
    return n;
}

size_t desk_comment_reports(const struct desk_set *set, const struct comment_past *c)
{
    return reports_since(c, last_word(set, c->id));
}

/* Words that an editor has let stand are not those that their writer put in their place. */
enum comment_state desk_comment(
    const struct desk_set *set, const struct desk_rules *rules, const struct comment_past *c)
{
    const struct act *word = last_word(set, c->id);
    if (c->taken_back) return COMMENT_WITHDRAWN;
    if (word && word->kind == ACT_HIDE) return COMMENT_HIDDEN;
    if (rules->comment_reports && reports_since(c, word) >= rules->comment_reports)
        return COMMENT_WAITS;
    if (word && c->changed_pos <= word->pos) return COMMENT_SHOWN;
    bool held = rules->comment_hold && c->score >= (int)rules->comment_hold;
    return rules->comments == DESK_COMMENTS_OPEN && !held ? COMMENT_SHOWN : COMMENT_WAITS;
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

const char *const comment_words[COMMENT_WORDS] = {"", "change", "withdraw", "report", "erase"};
const char *const comment_whys[COMMENT_WHYS] = {"spam", "abuse", "untrue", "other"};

static bool is_why(struct span s)
{
    for (size_t i = 0; i < COMMENT_WHYS; i++)
        if (span_eq(s, span_of(comment_whys[i]))) return true;
    return false;
}

static bool text_fits(struct span text)
{
    return utf8_valid(text) && span_trim(text).n && characters(text) <= COMMENT_TEXT_MAX;
}

static bool said_fits(const struct comment *c)
{
    return (!c->parent.n || is_id(c->parent)) && utf8_valid(c->name) && span_trim(c->name).n &&
           characters(c->name) <= COMMENT_NAME_MAX && text_fits(c->text);
}

bool comment_fits(const struct comment *c)
{
    if (!is_id(c->id)) return false;
    if (c->word == COMMENT_SAID) return said_fits(c);
    if (!is_id(c->key)) return false;
    return c->word == COMMENT_CHANGED    ? text_fits(c->text)
           : c->word == COMMENT_REPORTED ? is_why(c->why)
                                         : c->word < COMMENT_WORDS;
}
