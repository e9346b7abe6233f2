/* newsml_1.c: IPTC NewsML 1.0 to 1.2 to stories. Owns the message, an item's identity and its
 * NewsManagement: status, announced changes of it, times, instructions, links. Elements are told by
 * local name in any or no namespace. Never fatal: one bad item is refused, its neighbours stand.
 * Where an item contradicts itself the safe reading wins: held. */
#include "newsml_1.h"

struct span n1_name(const struct xml_node *n)
{
    return span_trim(node_attr(n, "FormalName"));
}

bool n1_told(struct span word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_eq_nocase(word, span_of(words[i]))) return true;
    return false;
}

const struct xml_node *n1_component(const struct n1 *g, const struct xml_node *n)
{
    for (n = n->parent; n && n != g->item; n = n->parent)
        if (node_is(n, "NewsComponent")) return n;
    return NULL;
}

struct xml_node *n1_walk(const struct n1 *g, const struct xml_node *n)
{
    bool into = n == NULL || !node_is(n, "NewsItem");
    return node_walk(g->item, n ? n : g->item, into);
}

/* ---- identity ---- */

static size_t colons(struct span s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += s.p[i] == ':';
    return n;
}

/* Is this a revision as identifiers end in it: digits, then perhaps N, U or A? */
static bool is_revision(struct span s)
{
    if (s.n && (s.p[s.n - 1] == 'N' || s.p[s.n - 1] == 'U' || s.p[s.n - 1] == 'A')) s.n--;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

/* urn:newsml:PROVIDER:DATE:ITEM:REVISION, where the item's own name may hold colons. */
struct span n1_guid_of_reference(struct span urn)
{
    urn = span_trim(urn);
    size_t i = urn.n;
    while (i && urn.p[i - 1] != ':') i--;
    bool cut = i > 1 && colons(urn) >= 5 && span_starts_nocase(urn, S("urn:newsml:")) &&
               is_revision(span_cut(urn, i, urn.n));
    return cut ? span_cut(urn, 0, i - 1) : urn;
}

static struct span without_revision(struct span urn, struct span revision)
{
    size_t i = urn.n;
    while (i && urn.p[i - 1] != ':') i--;
    struct span tail = span_cut(urn, i, urn.n);
    bool same =
        revision.n && span_starts(tail, revision) && is_revision(tail) && tail.n <= revision.n + 1;
    return i > 1 && same ? span_cut(urn, 0, i - 1) : urn;
}

/* An identifier that names no item (Belga's is the same in every file) is completed by the item's
 * own name; its date is left out, for it changes with each revision. */
static struct span guid_of(struct n1 *g, const struct xml_node *id)
{
    struct span urn = kid_words(g->a, id, "PublicIdentifier"),
                own = kid_words(g->a, id, "NewsItemId"), date = kid_words(g->a, id, "DateId"),
                provider = kid_words(g->a, id, "ProviderId");
    if (colons(urn) >= 4 || (urn.n && !span_starts_nocase(urn, S("urn:newsml:"))))
        return without_revision(urn, g->s->version);
    if (urn.n && own.n) return arena_printf(g->a, "%.*s:%.*s", FMT(urn), FMT(own));
    if (!own.n) return span_trim(node_attr(g->item, "Duid"));
    return arena_printf(g->a, "urn:newsml:%.*s:%.*s:%.*s", FMT(provider), FMT(date), FMT(own));
}

static void read_identity(struct n1 *g)
{
    const struct xml_node *id = kid(kid(g->item, "Identification"), "NewsIdentifier");
    const struct xml_node *revision = kid(id, "RevisionId");
    struct span update = span_trim(node_attr(revision, "Update"));
    g->s->version = kid_words(g->a, id, "RevisionId");
    g->s->guid = guid_of(g, id);
    g->s->provider = kid_words(g->a, id, "ProviderId");
    if (update.n && !span_eq_nocase(update, S("N")))
        n1_hold(g, revision, "this revision holds changes only, not the whole item");
    if (kid(g->item, "Update")) n1_hold(g, kid(g->item, "Update"), "updates in place are not read");
}

/* ---- status ---- */

void n1_hold(struct n1 *g, const struct xml_node *at, const char *why)
{
    struct story *s = g->s;
    story_fault(g->a, s, at->line, at->column, "%s", why);
    if (s->status == STATUS_USABLE) s->status = STATUS_UNKNOWN;
}

static bool is_embargoed(struct span word)
{
    return span_eq_nocase(word, S("Embargoed"));
}

/* Letter case differs from agency to agency; other spellings are not guessed at. */
static enum story_status status_of(struct span word)
{
    static const struct {
        const char *word;
        enum story_status status;
    } words[] = {
        {"Usable", STATUS_USABLE},
        {"Embargoed", STATUS_USABLE}, /* and an embargo */
        {"Withheld", STATUS_WITHHELD},
        {"Canceled", STATUS_CANCELED},
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (span_eq_nocase(word, span_of(words[i].word))) return words[i].status;
    return STATUS_UNKNOWN;
}

/* Of what item and text inside it say the stricter stands: a kill over all, then a hold. */
void n1_state(struct n1 *g, const struct xml_node *at, struct span word)
{
    struct story *s = g->s;
    enum story_status next = status_of(word);
    if (is_embargoed(word) && s->embargo.kind == WHEN_ABSENT)
        s->embargo = (struct when){.kind = WHEN_EMPTY};
    if (next == s->status || next == STATUS_USABLE) return;
    story_fault(g->a, s, at->line, at->column, "inside it the item says of itself \"%.*s\"",
        (int)(word.n < 100 ? word.n : 100), word.p ? word.p : "");
    if (next == STATUS_CANCELED || s->status == STATUS_USABLE) s->status = next;
}

static void read_status(struct n1 *g, const struct xml_node *management)
{
    struct story *s = g->s;
    bool first = true;
    for (const struct xml_node *n = kid(management, "Status"); n; n = kid_after(n, "Status")) {
        struct span word = n1_name(n);
        enum story_status status = status_of(word);
        if (status == STATUS_UNKNOWN)
            story_fault(g->a, s, n->line, n->column, "unknown Status \"%.*s\"",
                (int)(word.n < 100 ? word.n : 100), word.p ? word.p : "");
        if (!first && !span_eq_nocase(word, s->status_literal)) {
            story_fault(g->a, s, n->line, n->column, "Status is told twice, and differently");
            bool kills = status == STATUS_CANCELED || s->status == STATUS_CANCELED;
            status = kills ? STATUS_CANCELED : STATUS_UNKNOWN;
        }
        s->status = status;
        s->status_literal = word;
        first = false;
    }
}

static struct when time_of(struct n1 *g, const struct xml_node *n)
{
    struct span text = xml_words(g->a, n);
    return text.n ? when_iso(text) : (struct when){.kind = WHEN_EMPTY};
}

/* An announced change: to usable it is an embargo's end, away from usable it is an expiry. What is
 * withheld or canceled does not come back by an hour: for that the agency sends it again. */
static void read_announced(struct n1 *g, const struct xml_node *n, struct when *opens)
{
    struct story *s = g->s;
    const struct xml_node *at = kid(n, "DateAndTime");
    struct span word = n1_name(kid(n, "FutureStatus"));
    struct when t = at ? time_of(g, at) : (struct when){.kind = WHEN_EMPTY};
    enum story_status future = status_of(word);
    if (future == STATUS_UNKNOWN)
        n1_hold(g, n, "StatusWillChange names a status that is not known");
    else if (future != STATUS_USABLE || is_embargoed(word))
        when_merge(g->a, s, &s->expires, t, n->line, n->column, "StatusWillChange");
    else if (s->status == STATUS_WITHHELD || s->status == STATUS_CANCELED)
        story_fault(g->a, s, n->line, n->column,
            "what is withheld or canceled does not return by an announced hour");
    else
        when_merge(g->a, s, opens, t, n->line, n->column, "StatusWillChange");
}

static void read_embargo(struct n1 *g, const struct xml_node *management)
{
    struct when opens = {.kind = WHEN_ABSENT};
    const struct xml_node *n = kid(management, "StatusWillChange");
    for (; n; n = kid_after(n, "StatusWillChange")) read_announced(g, n, &opens);
    if (opens.kind == WHEN_ABSENT && is_embargoed(g->s->status_literal)) opens.kind = WHEN_EMPTY;
    g->s->embargo = opens;
}

/* ---- times, instructions, links ---- */

static void read_time(
    struct n1 *g, const struct xml_node *management, const char *name, struct when *out)
{
    const struct xml_node *n = kid(management, name);
    for (; n; n = kid_after(n, name))
        when_merge(g->a, g->s, out, time_of(g, n), n->line, n->column, name);
}

/* An instruction is to whoever holds earlier revisions; what it wants of them follows from the
 * order of versions, but for a deletion, which is a kill. */
static void read_instructions(struct n1 *g, const struct xml_node *management)
{
    static const char *const kills[] = {"Delete", "Cancel", "Kill", "Remove"},
                             *const corrects[] = {"Rectify", "Correct", "Correction"},
                             *const updates[] = {"Update", "Replace", "Supersede"};
    const struct xml_node *n = kid(management, "Instruction");
    for (; n; n = kid_after(n, "Instruction")) {
        struct span word = n1_name(n);
        story_add_signal(g->a, g->s, arena_printf(g->a, "instruction:%.*s", FMT(word)));
        if (n1_told(word, kills, COUNT(kills))) {
            g->s->status = STATUS_CANCELED;
            story_fault(g->a, g->s, n->line, n->column, "canceled by an instruction");
        } else if (n1_told(word, corrects, COUNT(corrects))) {
            story_add_signal(g->a, g->s, S("sig:correction"));
        } else if (n1_told(word, updates, COUNT(updates))) {
            story_add_signal(g->a, g->s, S("sig:update"));
        } else if (word.n) {
            n1_hold(g, n, "an instruction that is not known here");
        }
    }
}

static void read_links(struct n1 *g, const struct xml_node *management)
{
    static const struct {
        const char *element, *rel;
    } kinds[] = {{"DerivedFrom", "derivedFrom"}, {"AssociatedWith", "seeAlso"}};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        const struct xml_node *n = kid(management, kinds[i].element);
        for (; n; n = kid_after(n, kinds[i].element))
            story_add_link(g->a, g->s, span_of(kinds[i].rel),
                n1_guid_of_reference(node_attr(n, "NewsItem")), (struct span){0});
    }
}

static void read_management(struct n1 *g)
{
    struct story *s = g->s;
    const struct xml_node *management = kid(g->item, "NewsManagement");
    if (!management) {
        n1_hold(g, g->item, "the item has no NewsManagement");
        return;
    }
    read_status(g, management);
    read_embargo(g, management);
    read_time(g, management, "ThisRevisionCreated", &s->version_created);
    read_time(g, management, "FirstCreated", &s->first_created);
    read_instructions(g, management);
    read_links(g, management);
}

/* ---- the message ---- */

static void read_item(struct n1 *g, struct xml_node *item)
{
    g->item = item;
    g->s = story_new(g->a);
    g->text = NULL;
    g->main = NULL;
    g->s->sent = g->sent;
    story_set_serial(g->a, g->s, g->line, g->number);
    read_management(g);
    read_identity(g);
    n1_find_text(g);
    n1_read_meta(g);
    n1_read_body(g);
    n1_read_media(g);
    reader_accept(g->a, g->out, g->s, item->line, item->column);
}

/* NewsItems may stand in NewsItems; each is an item of its own. */
void newsml_1_read(struct arena *a, struct xml_node *root, struct wire_result *out)
{
    struct n1 g = {.a = a, .out = out};
    const struct xml_node *envelope = kid(root, "NewsEnvelope"),
                          *sent = kid(envelope, "DateAndTime");
    g.line = n1_name(kid(envelope, "NewsService"));
    g.number = kid_words(a, envelope, "TransmissionId");
    if (sent) g.sent = time_of(&g, sent);
    for (struct xml_node *n = node_walk(root, root, true); n; n = node_walk(root, n, true))
        if (node_is(n, "NewsItem")) read_item(&g, n);
    if (!out->count) reader_refuse(a, out, root->line, root->column, "there is no NewsItem in it");
}
