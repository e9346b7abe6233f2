/* Tests of the story floor: tags in headlines, finishing, packing, ids, lists. */
#include "story.h"

#include "tap.h"

/* ---- headline tags ---- */

static void test_headline(void)
{
    static const struct {
        const char *raw, *rest, *tag;
        uint32_t number;
        enum story_change change;
        bool advisory;
    } rows[] = {
        {"Harbour bridge opens", "Harbour bridge opens", "", 0, CHANGE_NONE, false},
        {"UPDATE 2-Harbour bridge opens", "Harbour bridge opens", "UPDATE 2", 2, CHANGE_UPDATE,
            false},
        {"UPDATE 12 - Harbour bridge opens", "Harbour bridge opens", "UPDATE 12", 12, CHANGE_UPDATE,
            false},
        {"CORRECTED-Harbour bridge opens", "Harbour bridge opens", "CORRECTED", 0,
            CHANGE_CORRECTION, false},
        {"CORRECTED: Harbour bridge opens", "Harbour bridge opens", "CORRECTED", 0,
            CHANGE_CORRECTION, false},
        {"CORRECTED-(OFFICIAL)-Bridge opens", "Bridge opens", "CORRECTED (OFFICIAL)", 0,
            CHANGE_CORRECTION, false},
        {"CORRECTED (OFFICIAL)-Bridge opens", "Bridge opens", "CORRECTED (OFFICIAL)", 0,
            CHANGE_CORRECTION, false},
        {"CORRECTED-UPDATE 2-Bridge opens", "Bridge opens", "CORRECTED, UPDATE 2", 2,
            CHANGE_CORRECTION, false},
        {"UPDATE 1-CORRECTED-Bridge opens", "Bridge opens", "UPDATE 1, CORRECTED", 1,
            CHANGE_CORRECTION, false},
        {"REFILE-UPDATE 3-Bridge opens", "Bridge opens", "REFILE, UPDATE 3", 3, CHANGE_REFILE,
            false},
        {"WRAPUP 1-Bridge opens", "Bridge opens", "WRAPUP 1", 1, CHANGE_UPDATE, false},
        {"RPT-Bridge opens", "Bridge opens", "RPT", 0, CHANGE_REPEAT, false},
        {"REPEAT-UPDATE 1-Bridge opens", "Bridge opens", "REPEAT, UPDATE 1", 1, CHANGE_REPEAT,
            false},
        {"ADVISORY-Bridge story", "Bridge story", "ADVISORY", 0, CHANGE_NONE, true},
        {"STORY WITHDRAWN", "STORY WITHDRAWN", "", 0, CHANGE_NONE, true},
        {"3rd Ld-Writethru: Bridge opens", "Bridge opens", "3rd Ld-Writethru", 3, CHANGE_UPDATE,
            false},
        {"BC-US--Bridge, 1st Ld-Writethru", "BC-US--Bridge", "1st Ld-Writethru", 1, CHANGE_UPDATE,
            false},
        {"Bridge opens (CORRECTED)", "Bridge opens", "CORRECTED", 0, CHANGE_CORRECTION, false},
        {"Bridge opens (Corrected, Repeat)", "Bridge opens", "CORRECTED, REPEAT", 0,
            CHANGE_CORRECTION, false},
        {"HARBOUR-BRIDGE/ (UPDATE 1, PIX)", "HARBOUR-BRIDGE/", "UPDATE 1", 1, CHANGE_UPDATE, false},
        {"HARBOUR-BRIDGE/ (WRAPUP 1)", "HARBOUR-BRIDGE/", "WRAPUP 1", 1, CHANGE_UPDATE, false},
        {"[REFILE] Bridge opens", "Bridge opens", "REFILE", 0, CHANGE_REFILE, false},
        {"UPDATE 2-Bridge opens (CORRECTED)", "Bridge opens", "UPDATE 2, CORRECTED", 2,
            CHANGE_CORRECTION, false},
        /* other languages */
        {"KORREKTUR: Brücke öffnet", "Brücke öffnet", "KORREKTUR", 0, CHANGE_CORRECTION, false},
        {"RECTIFICATIF - Le pont ouvre", "Le pont ouvre", "RECTIFICATIF", 0, CHANGE_CORRECTION,
            false},
        {"CORREGIDO-ACTUALIZACIÓN 2-El puente abre", "El puente abre", "CORREGIDO, ACTUALIZACIÓN 2",
            2, CHANGE_CORRECTION, false},
        {"EILMELDUNG: Brücke öffnet", "Brücke öffnet", "EILMELDUNG", 0, CHANGE_NONE, false},
        {"URGENT - Le pont ouvre", "Le pont ouvre", "URGENT", 0, CHANGE_NONE, false},
        {"СРОЧНО: Мост открыт", "Мост открыт", "СРОЧНО", 0, CHANGE_NONE, false},
        {"عاجل: افتتاح الجسر", "افتتاح الجسر", "عاجل", 0, CHANGE_NONE, false},
        {"संशोधित: पुल खुला", "पुल खुला", "संशोधित", 0, CHANGE_CORRECTION, false},
        {"更正：大桥开通", "大桥开通", "更正", 0, CHANGE_CORRECTION, false},
        {"El puente abre (CORREGIDO)", "El puente abre", "CORREGIDO", 0, CHANGE_CORRECTION, false},
        /* not tags */
        {"Korrektur am Bau: Brücke öffnet", "Korrektur am Bau: Brücke öffnet", "", 0, CHANGE_NONE,
            false},
        {"URGENT CARE CENTRE: DOORS OPEN", "URGENT CARE CENTRE: DOORS OPEN", "", 0, CHANGE_NONE,
            false},
        {"Eilmeldungen nerven", "Eilmeldungen nerven", "", 0, CHANGE_NONE, false},
        {"عاجلا أم آجلا: يفتح الجسر", "عاجلا أم آجلا: يفتح الجسر", "", 0, CHANGE_NONE, false},
        {"更正错误：大桥开通", "更正错误：大桥开通", "", 0, CHANGE_NONE, false},
        {"Update on the harbour bridge", "Update on the harbour bridge", "", 0, CHANGE_NONE, false},
        {"Repeat-offender jailed", "Repeat-offender jailed", "", 0, CHANGE_NONE, false},
        {"REPEAT-OFFENDER JAILED", "REPEAT-OFFENDER JAILED", "", 0, CHANGE_NONE, false},
        {"CORRECTED", "CORRECTED", "", 0, CHANGE_NONE, false},
        {"Harbour bridge (opened in 1932)", "Harbour bridge (opened in 1932)", "", 0, CHANGE_NONE,
            false},
        {"UPDATED figures show growth", "UPDATED figures show growth", "", 0, CHANGE_NONE, false},
        {"3rd leader quits", "3rd leader quits", "", 0, CHANGE_NONE, false},
        {"", "", "", 0, CHANGE_NONE, false},
        {"()", "()", "", 0, CHANGE_NONE, false},
    };
    struct arena *a = arena_new(1 << 24);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct headline_parts p = headline_cut(a, span_of(rows[i].raw));
        check_span(p.rest, span_of(rows[i].rest), rows[i].raw[0] ? rows[i].raw : "(empty)");
        check_span(p.tag, span_of(rows[i].tag), "its tag");
        check(p.number == rows[i].number && p.change == rows[i].change &&
                  p.is_advisory == rows[i].advisory,
            "number %u, change %s, advisory %d", p.number, story_change_name(p.change),
            p.is_advisory);
    }
    arena_free(a);
}

/* ---- finishing ---- */

static void test_finish(void)
{
    struct arena *a = arena_new(1 << 24);
    struct story *s = story_new(a);
    s->headline = S("  UPDATE 2-Bridge\n opens ");
    s->slugline = S("BRIDGE/ (CORRECTED)");
    s->guid = S(" tag:example.org,2026:1 ");
    s->body = html_clean(
        a, S("<p>By A. Writer</p><p>(Adds quote)</p><p>HARBOUR (Wire) - It opened.</p><p></p>"
             "<p> (Reporting by A. Writer in WinnipegEditing by B. Editor)</p>"));
    story_add_signal(a, s, S("sig:update"));
    story_finish(a, s);
    check_span(s->headline, S("Bridge opens"), "headline without its tag");
    check_span(s->headline_raw, S("UPDATE 2-Bridge opens"), "headline as the wire has it, folded");
    check_span(s->headline_tag, S("UPDATE 2"), "tag");
    check_span(s->guid, S("tag:example.org,2026:1"), "guid trimmed");
    check(s->change == CHANGE_CORRECTION, "the strongest change wins: slugline says corrected");
    check_span(s->change_note, S("(Adds quote)"), "the agency's words on the change");
    check_span(s->credits, S("(Reporting by A. Writer in Winnipeg; Editing by B. Editor)"),
        "credits with a stop between duties");
    check(s->paragraphs == 4, "paragraphs that show something: %u", s->paragraphs);
    arena_free(a);
}

/* The agency's reason at the end of a paragraph; what only looks like one is none. */
static void test_note_behind_text(void)
{
    static const struct {
        const char *body, *note;
    } cases[] = {
        {"<p>The pier opened on Monday. (Corrects day from Sunday)</p><p>More.</p>",
            "(Corrects day from Sunday)"},
        {"<p>By A</p><p>It opened (at last). <em>(Corrects the name (Lind, not Lund) in "
         "paragraph 3.)</em></p>",
            "(Corrects the name (Lind, not Lund) in paragraph 3.)"},
        {"<p>It opened. (This story has been corrected to say Monday).</p>",
            "(This story has been corrected to say Monday)"},
        {"<p>It opened (at last)</p><p>She is said to be ) late)</p>", ""},
        {"<p>A</p><p>B</p><p>C</p><p>D</p><p>E. (Corrects day from Sunday)</p>", ""},
    };
    struct arena *a = arena_new(1 << 22);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct story *s = story_new(a);
        s->body = html_clean(a, span_of(cases[i].body));
        story_finish(a, s);
        check_span(s->change_note, span_of(cases[i].note), "the agency's reason behind a text");
    }
    arena_free(a);
}

static void test_credits_behind_text(void)
{
    struct arena *a = arena_new(1 << 20);
    struct story *s = story_new(a);
    s->body = html_clean(
        a, S("<p>It opened (at last). ($1 = 2 crowns) (Reporting by A; Editing by B)</p>"));
    story_finish(a, s);
    check_span(s->credits, S("(Reporting by A; Editing by B)"),
        "credits at the end of the last paragraph");
    s = story_new(a);
    s->body =
        html_clean(a, S("<p>Reporting by A is a habit of his.</p><p>It opened (in the rain)</p>"));
    story_finish(a, s);
    check(s->credits.n == 0, "no credits where there are none");
    arena_free(a);
}

static void test_change(void)
{
    static const struct {
        const char *signal;
        enum story_change change;
    } rows[] = {
        {"sig:correction", CHANGE_CORRECTION},
        {"edStat:C", CHANGE_CORRECTION},
        {"correction", CHANGE_CORRECTION},
        {"edStat:U", CHANGE_UPDATE},
        {"sig:repeat", CHANGE_REPEAT},
        {"x:C", CHANGE_NONE},
        {"edStat:N", CHANGE_NONE},
    };
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct story *s = story_new(a);
        story_add_signal(a, s, span_of(rows[i].signal));
        story_finish(a, s);
        check(s->change == rows[i].change, "signal %s means %s", rows[i].signal,
            story_change_name(s->change));
    }
    arena_free(a);
}

static void test_limits(void)
{
    struct arena *a = arena_new(256 << 20);
    struct story *s = story_new(a);
    char *big = arena_alloc(a, STORY_BODY_MAX);
    size_t n = 0;
    while (n < STORY_BODY_MAX * 2 / 3) {
        memcpy(big + n, "<p>all work and no play</p>", 27);
        n += 27;
    }
    s->headline = (struct span){big, STORY_TEXT_MAX + 100};
    struct html half = html_clean(a, (struct span){big, n}), halves[] = {half, half};
    s->body = html_join(a, halves, 2);
    for (int i = 0; i < STORY_LIST_MAX + 10; i++)
        story_add_keyword(a, s, arena_printf(a, "k%d", i));
    for (int i = 0; i < STORY_PICTURES_MAX + 10; i++) story_add_picture(a, s)->guid = S("p");
    story_finish(a, s);
    check(s->keyword_count == STORY_LIST_MAX, "keywords stop at the limit");
    check(s->picture_count == STORY_PICTURES_MAX, "pictures stop at the limit");
    check(s->headline_raw.n <= STORY_TEXT_MAX, "a headline is cut");
    check(s->body.s.n <= STORY_BODY_MAX && s->body.s.n > STORY_BODY_MAX - 100,
        "a body is cut at a block's border");
    check(s->fault_count >= 3, "each cut is told: %u faults", s->fault_count);
    struct span packed = story_pack(a, s);
    const char *why = NULL;
    check(packed.n && story_unpack(a, packed, &why), "the largest story packs and unpacks");
    arena_free(a);
}

/* ---- packing ---- */

static struct story *sample(struct arena *a)
{
    struct story *s = story_new(a);
    s->guid = S("tag:example.org,2026:bridge");
    s->version = S("3");
    s->provider = S("example.org");
    s->headline = S("CORRECTED-Harbour bridge opens");
    s->slugline = S("BRIDGE");
    s->language = S("en");
    s->urgency = 3;
    s->status = STATUS_WITHHELD;
    s->embargo = when_iso(S("2026-01-23T06:00:00Z"));
    s->body = html_clean(
        a, S("<p>HARBOUR (Wire) - It <strong>opened</strong>.</p><p>(Reporting by A)</p>"));
    story_add_subject(a, s, SUBJECT_TOPIC, S("medtop:20000717"), S("bridges"));
    story_add_keyword(a, s, S("bridge"));
    story_add_signal(a, s, S("sig:correction"));
    story_add_note(a, s, S("note"), S("for editors"), false);
    story_add_usage(a, s, S("not for archive"));
    story_add_hop(a, s, S("nprov:KESTREL"));
    story_add_link(a, s, S("irel:evolvedFrom"), S("tag:example.org,2026:old"), S("1"));
    struct picture *p = story_add_picture(a, s);
    p->guid = S("tag:example.org,2026:pic");
    picture_add_rendition(a, p,
        (struct rendition){
            .href = S("a.jpg"), .type = S("image/jpeg"), .width = 640, .height = 480});
    story_fault(a, s, 3, 7, "a fault");
    story_finish(a, s);
    return s;
}

static void test_pack(void)
{
    struct arena *a = arena_new(64 << 20), *b = arena_new(1 << 20);
    struct span packed = story_pack(a, sample(a));
    const char *why = NULL;
    struct story *s = story_unpack(a, packed, &why);
    check(s != NULL, "a packed story unpacks (%s)", why ? why : "fine");
    struct span again = story_pack(a, s);
    check(span_eq(packed, again), "packing what was unpacked gives the same bytes");
    s = story_unpack_own(a, packed, &why);
    check(s && span_eq(packed, story_pack(a, s)), "and so does the quick way for own bytes");
    struct story evil = *sample(a);
    evil.body.s = S("<p onclick=\"x\">a</p><script>b</script>");
    s = story_unpack(a, story_pack(a, &evil), &why);
    check_span(s->body.s, S("<p>a</p>"), "markup that a broken reader sends is cleaned");
    int survived = 0;
    for (size_t n = 0; n < packed.n; n++, arena_reset(b))
        survived += story_unpack(b, span_cut(packed, 0, n), &why) != NULL;
    check(survived == 0, "cut at every byte: never a story");
    char *copy = arena_cstr(a, packed);
    for (size_t bit = 0; bit < packed.n * 8; bit++, arena_reset(b)) {
        copy[bit / 8] ^= (char)(1 << bit % 8);
        survived += story_unpack(b, (struct span){copy, packed.n}, &why) != NULL;
        copy[bit / 8] ^= (char)(1 << bit % 8);
    }
    check(survived == 0, "every bit flipped: never a story");
    arena_free(a);
    arena_free(b);
}

/* A file's name that markup could not keep as it is, and one of two thousand letters. */
static void test_picture_names(void)
{
    struct arena *a = arena_new(64 << 20);
    const char *const no_classes[] = {NULL};
    char *many = arena_alloc(a, 2000);
    memset(many, 'n', 2000);
    const struct span names[] = {S("two  spaces.jpg"), S("fixed\xC2\xA0space.jpg"), {many, 2000}};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct story *s = story_new(a);
        const char *why = NULL;
        s->guid = S("g");
        struct picture *p = story_add_picture(a, s);
        picture_add_rendition(a, p, (struct rendition){.href = names[i], .type = S("image/jpeg")});
        s->body = html_clean_story(a,
            arena_printf(a, "<p>Text.</p><img src=\"%.*s\"><p>More.</p>", FMT(names[i])),
            no_classes);
        story_finish(a, s);
        struct span packed = story_pack(a, s);
        struct story *back = story_unpack(a, packed, &why);
        check(back && span_eq(story_pack(a, back), packed), "%.20s: packed again, the same",
            arena_cstr(a, names[i]));
        struct span name = story_picture_name(a, &s->pictures[0]);
        check(span_find(s->body.s, name) >= 0, "and the text has its place: %.200s",
            arena_cstr(a, s->body.s));
    }
    arena_free(a);
}

/* Past the checksum too: whoever can write the checksum still gets only stories that hold. */
static void test_forged(void)
{
    struct arena *a = arena_new(1 << 20), *b = arena_new(64 << 20);
    struct span packed = story_pack(a, sample(a));
    char *copy = arena_cstr(a, packed);
    const char *why = NULL;
    size_t read = 0;
    for (size_t i = 12; i < packed.n; i++, arena_reset(b)) {
        char old = copy[i];
        for (int v = 0; v < 256; v += 51) {
            copy[i] = (char)v;
            struct buf sum;
            buf_init(&sum, b, 0);
            put_u32(&sum, crc32c((struct span){copy + 12, packed.n - 12}));
            memcpy(copy + 8, sum.p, 4);
            struct story *s = story_unpack(b, (struct span){copy, packed.n}, &why);
            if (s) read += story_pack(b, s).n > 0;
        }
        copy[i] = old;
    }
    check(read > 0, "forged forms: %zu were whole stories, none broke the reader", read);
    struct story far = *sample(a);
    far.embargo = (struct when){.kind = WHEN_UTC, .ms = INT64_MIN};
    check(
        !story_unpack(a, story_pack(a, &far), &why), "a time beyond all years is refused: %s", why);
    arena_free(a);
    arena_free(b);
}

/* ---- ids and lists ---- */

static void test_id(void)
{
    struct arena *a = arena_new(1 << 20);
    struct span key = S("0123456789abcdef");
    story_id id = story_id_of(key, S("reuters"), S("tag:1")), back = 0;
    struct span text = story_id_text(a, id);
    check(text.n == 12 && story_id_read(text, &back) && back == id, "an id reads back: %.*s",
        FMT(text));
    check(story_id_of(key, S("reuterst"), S("ag:1")) != id,
        "provider and guid do not run into each other");
    check(story_id_of(key, S("reuters"), S("tag:1 ")) != id, "guids are told exactly");
    check(!story_id_read(S("0123456789AB"), &back) && !story_id_read(S("0123456789a"), &back) &&
              !story_id_read(S("0123456789ai"), &back),
        "capitals, short ids and letters outside the alphabet are no ids");
    arena_free(a);
}

/* What editors paste, and what agencies call their items. */
static void test_id_in(void)
{
    static const char *const ids[] = {"0123456789ab", " 0123456789ab\n",
        "https://news.example.org/2026/01/23/bridge-0123456789ab",
        "HTTP://news.example.org:8080/wire/2026/01/23/0123456789ab/",
        "news.example.org/2026/01/23/bridge-0123456789ab", "/2026/01/23/bridge-0123456789ab",
        "/2026/01/23/bridge-0123456789ab/revisions", "/2026/01/23/bridge-0123456789ab?x=1#top",
        "https://news.example.org/2026/01/23/bridge-0123456789ab/?a=/b-000000000000"};
    static const char *const guids[] = {"urn:uuid:6ba7b810-9dad-11d1-80b4-0123456789ab",
        "urn:newsml:example.org:2026:6ba7b810-9dad-11d1-80b4-0123456789ab",
        "tag:example.org,2026:report-0123456789ab", "tag:example.org,2026:newsml_0123456789ab",
        "6ba7b810-9dad-11d1-80b4-0123456789ab", "", "0123456789a", "/revisions", "?0123456789ab"};
    story_id id, want;
    must(story_id_read(S("0123456789ab"), &want));
    for (size_t i = 0; i < COUNT(ids); i++) {
        id = 0;
        check(story_id_in(span_of(ids[i]), &id) && id == want, "an id: %s", ids[i]);
    }
    for (size_t i = 0; i < COUNT(guids); i++)
        check(!story_id_in(span_of(guids[i]), &id), "no id: %s", guids[i]);
}

static void test_subjects(void)
{
    static const struct {
        const char *literal, *scheme, *code;
    } rows[] = {
        {"medtop:20000717", "medtop", "20000717"},
        {"04005004", "subj", "04005004"},
        {"20001065", "medtop", "20001065"},
        {"http://cv.iptc.org/newscodes/mediatopic/20001105", "medtop", "20001105"},
        {"http://example.org/spec/1.0/16000000", "http://example.org/spec/1.0", "16000000"},
        {"category:planning-permission", "category", "planning-permission"},
        {"Article", "", "Article"},
    };
    struct arena *a = arena_new(1 << 20);
    struct story *s = story_new(a);
    for (size_t i = 0; i < COUNT(rows); i++) {
        story_add_subject(a, s, SUBJECT_TOPIC, span_of(rows[i].literal), S(""));
        story_add_subject(a, s, SUBJECT_TOPIC, span_of(rows[i].literal), S("again"));
        check(s->subject_count == i + 1, "%s is taken once", rows[i].literal);
        check_span(s->subjects[i].scheme, span_of(rows[i].scheme), "its scheme");
        check_span(s->subjects[i].code, span_of(rows[i].code), "its code");
    }
    arena_free(a);
}

static void test_dateline(void)
{
    static const struct {
        const char *raw, *dateline;
    } rows[] = {
        {"BERLIN (dpa) - ", "BERLIN (dpa)"},
        {"QUAYSIDE \xE2\x80\x94", "QUAYSIDE"},
        {"Newport , VA", "Newport, VA"},
        {"Newport, VA,", "Newport, VA"},
        {"PORT-AU-PRINCE", "PORT-AU-PRINCE"},
        {"-", ""},
    };
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct story *s = story_new(a);
        s->guid = S("g");
        s->dateline = span_of(rows[i].raw);
        story_finish(a, s);
        check_span(s->dateline, span_of(rows[i].dateline), rows[i].raw);
        check_span(s->dateline_raw, span_trim(span_of(rows[i].raw)), "as the wire has it");
    }
    arena_free(a);
}

/* Lines of a text that say who wrote it and where: taken where they can be nothing else. */
static void test_lifted(void)
{
    static const struct {
        const char *body, *byline, *dateline, *creditline;
    } rows[] = {
        {"<p>By Joseph Ax</p><p>WINNIPEG, Nov 30 (Reuters) - Grain rose.</p>", "By Joseph Ax",
            "WINNIPEG", "Reuters"},
        {"<p>(Adds quote)</p><p>By Ada Quay and Tom O'Lind</p><p>OSLO (NTB) \u2013 Cod.</p>",
            "By Ada Quay and Tom O'Lind", "OSLO", "NTB"},
        {"<p>Von Ada Kai und Tom Lind, dpa</p><p>Berlin (dpa/tmn) - Es regnet.</p>",
            "Von Ada Kai und Tom Lind, dpa", "Berlin", "dpa/tmn"},
        {"<p>Par Élodie de La Rue</p><p>PARIS, 30 nov (AFP) - Il pleut.</p>",
            "Par Élodie de La Rue", "PARIS", "AFP"},
        {"<p>Por Juan J. Pérez</p><p>Madrid, 30 nov (EFE).- Llueve.</p>", "Por Juan J. Pérez",
            "Madrid", "EFE"},
        {"<p>CHEYENNE, Wyo. (AP) — Snow fell.</p>", "", "CHEYENNE, Wyo.", "AP"},
        {"<p>LONDON/PARIS, November 30, 2026 - Trains stood.</p>", "", "LONDON/PARIS", ""},
        {"<p>HARBOUR, Jan 23 - Cod rose.</p>", "", "HARBOUR", ""},
        /* what is none */
        {"<p>By the time it rained, all were home.</p><p>Text.</p>", "", "", ""},
        {"<p>By Tuesday</p><p>Text.</p>", "", "", ""},
        {"<p>By Joseph Ax.</p><p>Text.</p>", "", "", ""},
        {"<p>Von Berlin nach Paris</p><p>Text.</p>", "", "", ""},
        {"<p>Par 5 voix contre 3</p><p>Text.</p>", "", "", ""},
        {"<p>Text comes first.</p><p>By Joseph Ax</p><p>OSLO (NTB) - Cod.</p>", "", "", ""},
        {"<p>Apple (AAPL) - shares rose.</p>", "", "", ""},
        {"<p>NVIDIA (NVDA) - shares rose.</p>", "", "", ""},
        {"<p>UPDATE - Cod rose.</p>", "", "", ""},
        {"<p>The vote - the third this year - failed.</p>", "", "", ""},
        {"<p>In May 7 - 12 people came.</p>", "", "", ""},
        {"<ul><li>By Joseph Ax</li></ul><p>Text.</p>", "", "", ""},
        {"<p>By Joseph Ax</p>", "", "", ""}, /* nothing stands below it */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new(1 << 20);
        struct story *s = story_new(a);
        s->body = html_clean(a, span_of(rows[i].body));
        story_finish(a, s);
        check_span(s->byline, span_of(rows[i].byline), rows[i].body);
        check_span(s->dateline, span_of(rows[i].dateline), "its place");
        check_span(s->creditline, span_of(rows[i].creditline), "its agency");
        check_span(s->dateline_raw, S(""), "the wire has no field for it");
        arena_free(a);
    }
    struct arena *a = arena_new(1 << 20);
    struct story *s = story_new(a);
    s->byline = S("Ada Quay"), s->dateline = S("QUAYSIDE"), s->creditline = S("Wire");
    s->body = html_clean(a, S("<p>By Joseph Ax</p><p>OSLO (NTB) - Cod.</p>"));
    story_finish(a, s);
    check_span(s->byline, S("Ada Quay"), "what the wire says in a field stands");
    check_span(s->dateline, S("QUAYSIDE"), "and its place");
    check_span(s->creditline, S("Wire"), "and its agency");
    arena_free(a);
}

/* A comma within a number is no end of a keyword. */
static void test_keywords(void)
{
    static const struct {
        const char *list, *want;
    } lists[] = {{"athletics, 10,000 metres,record", "athletics|10,000 metres|record|"},
        {"10,000", "10,000|"}, {"1,2,3", "1|2|3|"}, {"2025,2026", "2025|2026|"},
        {"1,000,000 people", "1,000,000 people|"}, {"a,,b", "a||b|"}, {",", "|"}, {"", ""}};
    struct arena *a = arena_new(1 << 20);
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct span rest = span_of(lists[i].list), word;
        struct buf b;
        buf_init(&b, a, 0);
        while (story_next_keyword(&rest, &word)) buf_printf(&b, "%.*s|", FMT(word));
        check_span(buf_span(&b), span_of(lists[i].want), lists[i].list);
    }
    arena_free(a);
}

int main(void)
{
    test_keywords();
    test_headline();
    test_dateline();
    test_lifted();
    test_finish();
    test_note_behind_text();
    test_credits_behind_text();
    test_change();
    test_limits();
    test_pack();
    test_picture_names();
    test_forged();
    test_id();
    test_id_in();
    test_subjects();
    return tap_end();
}
