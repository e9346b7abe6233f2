/* judge.c: one version by itself: what it asks for and why. Whatever is unknown is held; every
 * reason is kept, not only the first. */
#include "decide.h"

enum {
    FLASH_LINE_MAX = 600, /* bytes: 200 letters of most scripts */
    SIGN_OFF_MAX = 40,    /* of the desk's initials behind it */
};

const struct desk_feed *feed_named(const struct desk_rules *rules, struct span name)
{
    for (uint32_t i = 0; i < rules->feed_count; i++)
        if (span_eq(rules->feeds[i].name, name)) return &rules->feeds[i];
    return NULL;
}

/* T2. An item that names nobody is its feed's. */
bool provider_fits(const struct desk_feed *feed, struct span provider)
{
    if (!feed || !feed->provider_id_count || !provider.n) return true;
    if (span_eq_nocase(provider, feed->provider)) return true;
    for (uint32_t i = 0; i < feed->provider_id_count; i++)
        if (span_eq_nocase(provider, feed->provider_ids[i])) return true;
    return false;
}

bool desk_is_of_feed(const struct desk_rules *rules, const struct desk_version *v)
{
    return provider_fits(feed_named(rules, v->feed), v->story->provider);
}

bool when_utc(struct when w, const struct zone *zone, int64_t *out)
{
    if (w.kind == WHEN_UTC)
        *out = w.ms;
    else if (w.kind == WHEN_LOCAL && zone)
        *out = zone_to_utc(zone, w.ms);
    else
        return false;
    return true;
}

/* The instants that the timeline needs before it asks for the rest. */
void judge_times(struct desk *d, struct known *k)
{
    const struct story *s = k->v->story;
    const struct zone *zone = k->feed ? k->feed->zone : NULL;
    const struct zone *fallback = zone                  ? zone
                                  : d->rules->site_zone ? d->rules->site_zone
                                                        : zone_utc();
    if (!when_utc(s->version_created, fallback, &k->created_ms) &&
        !when_utc(s->sent, fallback, &k->created_ms))
        k->created_ms = k->v->received_ms;
    if (!when_utc(s->embargo, zone, &k->embargo_ms)) k->embargo_ms = 0;
    if (!when_utc(s->expires, fallback, &k->expires_ms)) k->expires_ms = FOREVER;
}

static void why(struct judged *j, enum reason_code code, uint32_t line, struct span detail)
{
    const struct reason_row *row = reason_row(code);
    if (row->stance > STANCE_SHOW) j->desk_may = j->desk_may && row->desk_may;
    if (row->stance > j->stance) j->stance = row->stance;
    if (j->reason_count == JUDGED_REASONS_MAX) return;
    j->reasons[j->reason_count++] =
        (struct reason){.code = code, .rule_line = line, .alarm = row->alarm, .detail = detail};
}

/* E2-E4. A time that is known is no reason against the version: it is an instant of the timeline.
 */
static void judge_embargo(struct judged *j, const struct known *k)
{
    switch (k->v->story->embargo.kind) {
    case WHEN_ABSENT: break;
    case WHEN_UTC: why(j, WHY_EMBARGO, 0, S("")); break;
    case WHEN_LOCAL: why(j, k->embargo_ms ? WHY_EMBARGO : WHY_EMBARGO_NO_ZONE, 0, S("")); break;
    case WHEN_EMPTY: why(j, WHY_EMBARGO_EMPTY, 0, S("")); break;
    case WHEN_UNREADABLE: why(j, WHY_EMBARGO_UNREADABLE, 0, S("")); break;
    default: why(j, WHY_EMBARGO_UNREADABLE, 0, S("")); break;
    }
}

static void judge_status(struct judged *j, const struct story *s)
{
    switch (s->status) {
    case STATUS_USABLE: break;
    case STATUS_WITHHELD: why(j, WHY_WITHHELD, 0, S("")); break;
    case STATUS_CANCELED: why(j, WHY_KILLED, 0, S("")); break;
    default: why(j, WHY_STATUS_UNKNOWN, 0, s->status_literal); break;
    }
    if (s->expires.kind == WHEN_UNREADABLE)
        why(j, WHY_EXPIRY_UNREADABLE, 0, S(""));
    else if (s->expires.kind == WHEN_UTC || s->expires.kind == WHEN_LOCAL)
        why(j, WHY_EXPIRES, 0, S(""));
}

/* A1, A8: which kinds of item are articles. */
static void judge_kind(const struct desk *d, struct judged *j, const struct story *s)
{
    struct span name = span_of(story_kind_name(s->kind));
    if (d->set->is_picture && (s->kind == KIND_PICTURE || s->kind == KIND_GRAPHIC)) return;
    switch (s->kind) {
    case KIND_TEXT:
    case KIND_COMPOSITE:
    case KIND_PACKAGE: return;
    case KIND_UNKNOWN:
        if (s->kind_literal.n) why(j, WHY_KIND_UNKNOWN, 0, s->kind_literal);
        return;
    case KIND_ADVISORY: why(j, WHY_ADVISORY, 0, S("")); return;
    default: why(j, WHY_KIND, 0, name); return;
    }
}

static bool is_alert_word(struct span w)
{
    static const char *const words[] = {
        "alert", "newsalert", "flash", "newsflash", "bulletin", "eilmeldung", "blitz"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_eq_nocase(w, span_of(words[i]))) return true;
    return false;
}

/* "hold" of "house:hold". */
static struct span local_part(struct span signal)
{
    ptrdiff_t colon = span_find_char(signal, ':');
    return span_cut(signal, (size_t)(colon + 1), signal.n);
}

/* A2: a headline alone is a story only where the wire says that it is a flash. */
bool is_flash(const struct story *s)
{
    if (s->urgency == 1 || is_alert_word(s->headline_tag) || is_alert_word(s->kind_literal))
        return true;
    for (uint32_t i = 0; i < s->signal_count; i++)
        if (is_alert_word(local_part(s->signals[i]))) return true;
    for (uint32_t i = 0; i < s->subject_count; i++)
        if (s->subjects[i].kind == SUBJECT_GENRE &&
            (is_alert_word(s->subjects[i].code) || is_alert_word(s->subjects[i].name)))
            return true;
    return false;
}

/* Its text says no more than its headline; behind it there may be its desk's initials. */
static bool is_one_line(const struct story *s)
{
    struct span text = span_trim(s->body_text), head = span_trim(s->headline);
    return text.n <= head.n + SIGN_OFF_MAX && span_starts(text, head);
}

bool is_bare_flash(const struct story *s)
{
    return is_flash(s) && (!s->body_text.n || (s->headline.n && is_one_line(s)));
}

void desk_name_flash(struct arena *a, struct story *s)
{
    ptrdiff_t end = span_find(s->body.s, S("</p>"));
    if (s->headline.n || !s->body_text.n || end < 0 || !is_flash(s)) return;
    struct span line =
        span_trim(text_fold(a, html_to_text(a, span_cut(s->body.s, 0, (size_t)end))));
    if (!line.n || line.n > FLASH_LINE_MAX) return;
    s->headline = line;
    if (!is_one_line(s)) s->headline = S("");
}

static bool has_local_headline(const struct desk *d)
{
    for (size_t i = 0; i < d->set->act_count; i++)
        if (d->set->acts[i].kind == ACT_HEADLINE && d->set->acts[i].text.n) return true;
    return false;
}

/* A2, A6. A package says what its members say. */
static void judge_content(struct desk *d, struct judged *j, const struct story *s)
{
    if (d->set->is_picture) return;
    bool has_headline = span_trim(s->headline).n > 0 || has_local_headline(d);
    bool has_body = span_trim(s->body_text).n > 0;
    if (!has_headline) why(j, WHY_NO_HEADLINE, 0, S(""));
    if (s->kind == KIND_PACKAGE && s->member_count) return;
    if (has_headline && is_bare_flash(s)) {
        j->is_developing = true;
        return;
    }
    if (!has_body) why(j, WHY_NO_BODY, 0, S(""));
}

/* A9. What is unknown inside a scheme that we know, readers say by the status; a foreign scheme's
 * code is no hold, unless its very word tells us to keep our hands off. */
static void judge_signals(struct judged *j, const struct story *s)
{
    static const char *const orders[] = {"hold", "embargo", "embargoed", "kill", "withdraw",
        "withdrawn", "withheld", "donotuse", "cancel", "canceled", "cancelled"};
    for (uint32_t i = 0; i < s->signal_count; i++) {
        struct span w = local_part(s->signals[i]);
        if (span_eq_nocase(w, S("test"))) why(j, WHY_TEST, 0, s->signals[i]);
        for (size_t n = 0; n < COUNT(orders); n++)
            if (span_eq_nocase(w, span_of(orders[n]))) why(j, WHY_SIGNAL_UNKNOWN, 0, s->signals[i]);
    }
}

/* A10. An item that does not tell its language is its feed's. */
static bool language_fits(const struct desk_feed *feed, struct span language)
{
    if (!feed || !feed->language_count || !language.n) return true;
    for (uint32_t i = 0; i < feed->language_count; i++) {
        struct span l = feed->languages[i];
        if (span_starts_nocase(language, l) &&
            (language.n == l.n || language.p[l.n] == '-' || language.p[l.n] == '_'))
            return true;
    }
    return false;
}

static void judge_words(struct judged *j, const struct story *s, const struct known *k)
{
    struct words_found found[8];
    size_t n = words_find(s, found, COUNT(found));
    for (size_t i = 0; i < n; i++) {
        bool machine_says_it = found[i].why == WHY_EMBARGO_WORDS && k->embargo_ms;
        if (!machine_says_it) why(j, found[i].why, 0, found[i].phrase);
    }
}

/* R2. Those of a picture are its own (picture.c). A rule of the house that publishes has read them.
 */
static void judge_terms(
    struct desk *d, struct judged *j, const struct story *s, const struct routed *r)
{
    struct terms t;
    bool was_read = r->by && r->by->action == DESK_PUBLISH;
    if (!s->usage_count || was_read || desk_is_media(s->kind)) return;
    terms_of_text(d->a, s, &t);
    if (t.why != WHY_PUBLISHED) why(j, t.why, 0, t.phrase);
}

/* What a rule on trial would do, were it in force. */
static void judge_shadow(struct desk *d, struct judged *j, const struct desk_rule *r)
{
    static const char *const actions[] = {[DESK_NO_ACTION] = NULL,
        [DESK_PUBLISH] = "publish it",
        [DESK_HOLD] = "hold it",
        [DESK_DROP] = "drop it"};
    struct buf b;
    buf_init(&b, d->a, 0);
    if (r->name.n) buf_printf(&b, "“%.*s”: ", FMT(r->name));
    size_t begun = b.n;
    if (actions[r->action]) buf_str(&b, actions[r->action]);
    if (r->to_section.n)
        buf_printf(&b, "%sput it into %.*s", b.n > begun ? ", " : "", FMT(r->to_section));
    for (uint32_t i = 0; i < r->add_tag_count; i++)
        buf_printf(&b, "%stag it %.*s", b.n > begun ? ", " : "", FMT(r->add_tags[i]));
    if (r->noindex) buf_printf(&b, "%skeep it from search engines", b.n > begun ? ", " : "");
    why(j, WHY_RULE_SHADOW, r->line, buf_span(&b));
}

const struct judged *judge(struct desk *d, struct known *k)
{
    if (k->is_judged) return &k->judged;
    k->is_judged = true;
    struct judged *j = &k->judged;
    *j = (struct judged){.stance = STANCE_SHOW, .desk_may = true};
    const struct story *s = desk_sent(k->v);
    judge_status(j, s);
    judge_embargo(j, k);
    if (!k->feed) why(j, WHY_FEED_UNKNOWN, 0, k->v->feed);
    judge_kind(d, j, s);
    if (s->is_test) why(j, WHY_TEST, 0, S(""));
    judge_content(d, j, k->v->story);
    judge_signals(j, s);
    if (!language_fits(k->feed, s->language)) why(j, WHY_LANGUAGE, 0, s->language);
    if (k->feed && k->feed->territory.n && !d->rules->knows_countries)
        why(j, WHY_TERRITORY, 0, k->feed->territory);
    judge_words(j, s, k);
    struct span other = names_another_agency(d->a, k->feed, s);
    if (other.n) why(j, WHY_OTHER_AGENCY, 0, other);
    if (s->kind != KIND_ADVISORY && desk_notice(d->a, s).kind != NOTICE_NONE)
        why(j, WHY_ADVISORY, 0, S(""));
    if (!d->set->is_picture && is_reused_guid(d, k)) why(j, WHY_REUSED_GUID, 0, S(""));
    const struct routed *r = route(d, k);
    judge_terms(d, j, s, r);
    if (r->action != WHY_PUBLISHED) why(j, r->action, routed_line(r), r->by->name);
    for (size_t i = 0; i < r->shadow_count; i++) judge_shadow(d, j, r->shadows[i]);
    return j;
}
