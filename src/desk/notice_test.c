/* Orders in words: which items are notices and how sure that is; which names a notice and its story
 * share; what stands in prose is no order (K8 to K10, K14). Correctives (C14). All texts are ours.
 */
#include "desk.h"
#include "tap.h"

static struct arena *a;

static struct story *item(const char *head, const char *slug, const char *body)
{
    struct story *s = story_new(a);
    s->guid = S("tag:example.org,2026:n");
    s->kind = KIND_TEXT;
    s->headline_raw = span_of(head);
    s->slugline = span_of(slug);
    s->language = S("en");
    if (body[0]) s->body = html_clean(a, arena_printf(a, "<p>%s</p>", body));
    story_finish(a, s);
    return s;
}

static const struct {
    const char *head, *slug, *body;
    enum notice_kind kind;
    bool sure;
} told[] = {
    {"STORY WITHDRAWN", "", "The story is withdrawn.", NOTICE_KILL, true},
    {"KILL KILL KILL Harbour story", "", "", NOTICE_KILL, true},
    {"Note", "", "KILL KILL KILL: Harbour bridge, V9991.", NOTICE_KILL, true},
    {"BC-Bridge, MANDATORY KILL", "", "Editors:", NOTICE_KILL, true},
    {"ADVISORY-Harbour bridge story is withdrawn", "", "It was wrong.", NOTICE_KILL, true},
    {"ADVISORY: Bridge", "", "The bridge story has been withdrawn.", NOTICE_KILL, true},
    {"Editors note", "", "Please kill BC-Harbour-Bridge, V9991.", NOTICE_KILL, true},
    {"Bridge keeper jailed", "BRIDGE/", "“Please kill the story,” he had told them.", NOTICE_KILL,
        false},
    {"Meldung zurückgezogen", "", "Die Meldung vom Vormittag.", NOTICE_KILL, true},
    {"Achtung", "", "Die Agentur zieht die Meldung 170629-99-35478 zurück.", NOTICE_KILL, false},
    {"ANNULATION", "", "Pont fermé", NOTICE_KILL, true},
    {"Avis", "", "Prière d'annuler la dépêche du matin.", NOTICE_KILL, true},
    {"ANULACIÓN - puente", "", "", NOTICE_KILL, true},
    {"Aviso", "", "Rogamos anular la noticia del puente.", NOTICE_KILL, true},
    {"HOLD HOLD HOLD", "", "Do not use the bridge story.", NOTICE_HOLD, true},
    {"ADVISORY-Bridge story", "", "The story on the bridge is released and may be used.",
        NOTICE_RELEASE, true},
    {"HOLD on bridge story lifted", "", "It may now be used.", NOTICE_RELEASE, true},
    {"ADVISORY-Bridge", "", "Weitere Angaben: die Meldung kann verwendet werden.", NOTICE_RELEASE,
        true},
    {"ADVISORY-Bridge", "", "KILL qns0107: the bridge is not open.", NOTICE_KILL, true},
    {"ADVISORY-Bridge", "", "HOLD qns0107 until we have asked the port.", NOTICE_HOLD, true},
    {"ADVISORY-Diary for Monday", "", "The minister opens the bridge at ten.", NOTICE_NONE, false},
    {"ADVISORY-Agenda", "PONT", "Mardi : le tribunal examine une demande d'annulation du permis.",
        NOTICE_NONE, false},
    {"ADVISORY-Agenda", "PONT", "Mercredi : la visite du pont est annulée.", NOTICE_NONE, false},
    {"ADVISORY-Termine", "BAHN", "Neue Regeln, wann ein Storno kostenlos ist.", NOTICE_NONE, false},
    {"ADVISORY-Pont", "PONT", "ANNULATION: le pont n'est pas ouvert.", NOTICE_KILL, true},
    {"Bridge may be used again", "", "The bridge may be used from Monday, the city said.",
        NOTICE_NONE, false},
    {"Bank keeps its rate", "BANK-HOLD/", "The decision is released at noon.", NOTICE_NONE, false},
    {"Roads closed", "TRAVEL-ADVISORY/", "A map is released; roads may be used.", NOTICE_NONE,
        false},
    {"Troops withdrawn from valley", "", "The last were withdrawn on Sunday.", NOTICE_NONE, false},
    {"Candidate withdrawn", "", "Her candidacy has been withdrawn, the party said.", NOTICE_NONE,
        false},
    {"Kill switch for scooters", "", "A kill switch stops them.", NOTICE_NONE, false},
    {"Minister hält an Plan fest", "", "Die Klage wurde zurückgezogen, sagte das Gericht.",
        NOTICE_NONE, false},
    {"Le concert est annulé", "", "La fête est annulée en raison de la pluie.", NOTICE_NONE, false},
    {"La fiesta queda para mayo", "", "El acto se aplaza.", NOTICE_NONE, false},
};

static void forms_are_told(void)
{
    for (size_t i = 0; i < COUNT(told); i++) {
        const struct story *s = item(told[i].head, told[i].slug, told[i].body);
        struct notice n = desk_notice(a, s);
        check(n.kind == told[i].kind && (n.kind == NOTICE_NONE || n.sure == told[i].sure),
            "K10 “%s” / “%s”: %d%s", told[i].head, told[i].body, n.kind, n.sure ? ", sure" : "");
    }
    struct story *photo = item("KILL KILL KILL", "", "");
    photo->kind = KIND_PICTURE;
    check(desk_notice(a, photo).kind == NOTICE_NONE, "a picture's caption is no order");
}

static void length_matters(void)
{
    struct buf b;
    buf_init(&b, a, 0);
    buf_lit(&b, "Please kill the lights, says the sign. ");
    while (b.n < 4000) buf_lit(&b, "The theatre goes on with its season. ");
    buf_char(&b, '\0');
    struct notice n = desk_notice(a, item("A season in the dark", "THEATRE/", b.p));
    check(n.kind == NOTICE_KILL && !n.sure, "K8 a long text is held, and never obeyed by slugline");
    n = desk_notice(a, item("Sign", "SIGN/", "\"Please kill the lights,\" it says."));
    check(n.kind == NOTICE_KILL && !n.sure, "K8 nor is what somebody says");
}

static bool share(const struct story *notice, const struct story *story, char class)
{
    struct name_list said = {.a = a}, own = {.a = a};
    desk_notice_names(&said, notice);
    desk_names(&own, story);
    for (size_t i = 0; i < said.count; i++)
        for (size_t k = 0; k < own.count; k++)
            if (said.list[i].p[0] == class && span_eq(said.list[i], own.list[k])) return true;
    return false;
}

static struct story *under(const char *guid, struct story *s)
{
    s->guid = span_of(guid);
    return s;
}

static void names_are_shared(void)
{
    static const struct {
        const char *notice_head, *notice_slug, *notice_body, *guid, *head, *slug;
        char class;
    } rows[] = {
        {"KILL", "", "Please kill BC-Harbour-Bridge, V9991.", "x", "Bridge",
            "BC-Harbour-Bridge, V9991", 'c'},
        {"KILL", "", "Please kill L1N14N0FF now", "tag:reuters.example,2026:newsml_L1N14N0FF",
            "Bridge", "", 'c'},
        {"KILL", "", "Meldung 170629-99-35478 bitte nicht verwenden",
            "urn:newsml:dpa.example:20090101:170629-99-35478", "Brücke", "", 'c'},
        {"KILL", "", "The item tag:example.org,2026:77.", "tag:example.org,2026:77", "Bridge", "",
            'g'},
        {"ADVISORY-Baghdad bridge story is withdrawn", "", "", "x", "Baghdad bridge", "", 'h'},
        {"STORY WITHDRAWN", "", "The story headlined “Harbour bridge closes” is withdrawn", "x",
            "UPDATE 1-Harbour bridge closes", "", 'h'},
        {"Meldung zurückgezogen", "", "Die Meldung „Brücke gesperrt“ ist falsch", "x",
            "Brücke gesperrt", "", 'h'},
        {"ANNULATION", "", "La dépêche « Le pont est fermé » est fausse", "x", "Le pont est fermé",
            "", 'h'},
        {"STORY WITHDRAWN", "", "HEADLINE: Harbour bridge closes", "x", "Harbour Bridge Closes", "",
            'h'},
        {"STORY WITHDRAWN", "HARBOUR-BRIDGE/ (KILL)", "", "x", "Bridge",
            "HARBOUR-BRIDGE/ (UPDATE 2)", 's'},
        {"KILL: Harbour-Bridge", "", "", "x", "Bridge", "Harbour Bridge", 's'},
        {"Correction: Harbour-Bridge story", "BC-US--Harbour Bridge-Correction", "", "x", "Bridge",
            "BC-US--Harbour Bridge", 's'},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct story *n = item(rows[i].notice_head, rows[i].notice_slug, rows[i].notice_body),
                     *s = under(rows[i].guid, item(rows[i].head, rows[i].slug, "Text."));
        check(share(n, s, rows[i].class), "K8 “%s” “%s” names %s “%s” %s by %c",
            rows[i].notice_head, rows[i].notice_body, rows[i].guid, rows[i].head, rows[i].slug,
            rows[i].class);
    }
    struct story *year = item("KILL", "", "Please kill the 2026 story of Jan. 23, 2026 (COVID19)");
    struct story *other = item("COVID19 in 2026", "COVID19-VALLEY/", "Text.");
    check(!share(year, other, 'c') && !share(year, other, 'h') && !share(year, other, 's'),
        "years and themes are no names");
}

static void nearest(void)
{
    struct story *n = item("MANDATORY KILL", "", "Please kill the story on the harbour bridge.");
    check(desk_nearness(desk_said(a, n), S("h:harbour bridge closes for repairs")) == 2,
        "two words are near");
    check(desk_nearness(desk_said(a, n), S("h:tax on ferries")) == 0, "none are");
}

static void correctives(void)
{
    static const struct {
        const char *head, *slug;
        bool is;
    } rows[] = {
        {"CORRECTIVE-Bridge closes at two", "", true},
        {"Corrective: Bridge closes at two", "", true},
        {"Correction: Harbour Bridge story", "", true},
        {"Correction: Harbour Bridge", "BC-US--Harbour Bridge-Correction", true},
        {"Bridge hour was wrong", "BC-US--Harbour Bridge, Corrective", true},
        {"CORRECTED-Bridge closes at two", "", false},
        {"CORRECTION: Bridge closes at two", "", false},
        {"Correction: Bridge closes at two", "", false},
        {"Corrective services chief resigns", "PRISONS/",
            true /* once held wrongly costs a link */},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check(desk_is_corrective(item(rows[i].head, rows[i].slug, "Text.")) == rows[i].is,
            "C14 “%s” %s", rows[i].head, rows[i].slug);
}

static struct desk_version version_of(struct story *s, story_id id, int64_t made_ms)
{
    s->version_created = (struct when){WHEN_UTC, made_ms};
    return (struct desk_version){.story = s, .item = id, .feed = S("wire"), .received_ms = made_ms};
}

static void links(void)
{
    struct story *one = under("tag:1", item("Bridge", "BRIDGE/", "Text.")),
                 *two = under("tag:2", item("Vote", "VOTE/", "Text.")),
                 *wrap = under("tag:3", item("WRAPUP 1-Bridge and vote", "BRIDGE/", "Text.")),
                 *mixed = under("tag:4", item("Bridge and vote", "BOTH/", "Text.")),
                 *next = under("tag:5", item("Vote goes on", "", "Text.")),
                 *fix = under("tag:6", item("CORRECTIVE-Bridge", "BRIDGE/", "Text."));
    story_add_link(a, wrap, S("derivedFrom"), S("tag:1"), S(""));
    story_add_link(a, wrap, S("evolvedFrom"), S("tag:2"), S(""));
    story_add_link(a, mixed, S("derivedFrom"), S("tag:1"), S(""));
    story_add_link(a, mixed, S("derivedFrom"), S("tag:2"), S(""));
    story_add_link(a, next, S("previousVersion"), S("tag:1"), S(""));
    story_add_link(a, next, S("evolvedFrom"), S("tag:2"), S(""));
    story_add_link(a, fix, S("derivedFrom"), S("tag:1"), S(""));
    struct desk_version v1 = version_of(one, 1, 1000), v2 = version_of(two, 2, 1000),
                        v3 = version_of(wrap, 3, 2000), v4 = version_of(mixed, 4, 2000),
                        v5 = version_of(next, 5, 2000), v6 = version_of(fix, 6, 2000);
    check(desk_links(&v1, &v3) && !desk_links(&v2, &v3),
        "C5 a wrap-up of two stories goes on with the one whose slugline it has");
    check(!desk_links(&v1, &v4) && !desk_links(&v2, &v4),
        "C5 a story derived from two continues neither");
    check(desk_links(&v1, &v5) && desk_links(&v2, &v5), "C3 a version may name all before it");
    check(!desk_links(&v1, &v6), "C14 a corrective replaces nothing");
    struct desk_version self = version_of(one, 1, 2000);
    check(!desk_links(&v1, &self), "P5 nothing links to itself");
}

int main(void)
{
    a = arena_new(64 << 20);
    forms_are_told();
    length_matters();
    names_are_shared();
    nearest();
    correctives();
    links();
    arena_free(a);
    return tap_end();
}
