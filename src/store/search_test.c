/* Search: golden words per script, what a question may say, and that no held, embargoed or killed
 * word is ever found or kept. */
#include "try.h"

static void put_text(
    struct store *s, struct arena *a, uint64_t n, const char *headline, const char *text)
{
    struct view *v = try_view(a, n);
    v->headline = arena_printf(a, "Ferry %llu %s", (unsigned long long)n, headline);
    v->body_text = span_of(text);
    v->body = html_text(a, v->body_text);
    v->tag_count = 0;
    try_put(s, v, v->published_ms, INT64_MAX);
}

/* One made-up sentence each; the number is the story's. */
static const char *const texts[] = {
    [0] = "The café owner's naïve résumé reached Zürich; re-election talks stalled at 7,500 votes.",
    [1] = "Über die Straße in München fährt die Fähre nach Århus, Łódź und Ærø.",
    [2] = "हिंदी के पाठक नदी के किनारे मिले और मुख्यमंत्री ने क़लम से पत्र लिखा। पाँच लोग अस्पताल में हैं।",
    [3] = "أعلنت الحكومةُ افتتاح المدرســة الجديدة في القاهرة عام ٢٠٢٦، وقال الوزير إنّ الأطفال "
          "سعداء على الطريق.",
    [4] = "东京港的渡轮今天早上离开码头，市长说明天恢复通航。",
    [5] = "フェリーは東京湾を出発し、ｶﾓﾒが飛んだ。コーヒーを飲む人もいた。",
    [6] = "서울에서 부산까지 가는 새로운 배가 출항했다.",
    [7] = "Ο Γιώργος είδε τη θάλασσα. Ёлка стоит у моря. כָּתַב העיתון",
};

struct question {
    int story;
    const char *words;
    bool found;
};
static const struct question golden[] = {
    /* English with accents */
    {0, "cafe", true},
    {0, "CAFÉ", true},
    {0, "resume naive", true},
    {0, "zurich", true},
    {0, "owner", true},
    {0, "re-election", true},
    {0, "\"re election talks\"", true},
    {0, "\"talks election\"", false},
    {0, "elect*", true},
    {0, "elect", false},
    {0, "cafes", true},
    {0, "vote", true},
    {0, "talk", true},
    {0, "\"talk stalled\"", false},
    {0, "café Zürich absent", false},
    {0, "7,500", true},
    /* German, Nordic, Polish */
    {1, "strasse", true},
    {1, "STRASSE", true},
    {1, "Straße", true},
    {1, "uber", true},
    {1, "munchen", true},
    {1, "fahrt Fähre", true},
    {1, "arhus", true},
    {1, "lodz", true},
    {1, "aero", true},
    {1, "münch", false},
    {1, "Fähren", false},
    {1, "münch*", true},
    /* Hindi: matras and virama count, nukta and ways to write a nasal do not */
    {2, "हिंदी", true},
    {2, "हिन्दी", true},
    {2, "नदी", true},
    {2, "नद", false},
    {2, "मुख्यमंत्री", true},
    {2, "मुख्यमन्त्री", true},
    {2, "कलम", true},
    {2, "क़लम", true},
    {2, "क\xe0\xa4\xbcलम", true},
    {2, "पांच", true},
    {2, "लिखी", false},
    {2, "लिखा", true},
    {2, "अस्पताल", true},
    {2, "असपताल", false},
    {2, "\"नदी के किनारे\"", true},
    {2, "\"किनारे नदी\"", false},
    /* Arabic: marks, tatweel, forms of letters, digits */
    {3, "الحكومة", true},
    {3, "الحكومه", true},
    {3, "المدرسة", true},
    {3, "المَدْرَسَة", true},
    {3, "اعلنت", true},
    {3, "أعلنت", true},
    {3, "الاطفال", true},
    {3, "علي الطريق", true},
    {3, "2026", true},
    {3, "٢٠٢٦", true},
    {3, "القاهرة", true},
    {3, "قاهرة", true},
    {3, "حكومة", true},
    {3, "الطريق", true},
    {3, "طري", false},
    {3, "إن", true},
    {3, "الحكوم*", true},
    /* Chinese: no spaces */
    {4, "渡轮", true},
    {4, "东京", true},
    {4, "东京港", true},
    {4, "京港的", true},
    {4, "港", true},
    {4, "航", true},
    {4, "东港", false},
    {4, "轮渡", false},
    {4, "市长 码头", true},
    {4, "东京港的渡轮今天", true},
    {4, "\"市长说明\"", true},
    {4, "海", false},
    /* Japanese: Kanji, Kana, half-width Kana */
    {5, "東京湾", true},
    {5, "東京", true},
    {5, "フェリー", true},
    {5, "カモメ", true},
    {5, "ｶﾓﾒ", true},
    {5, "コーヒー", true},
    {5, "コー", true},
    {5, "出発", true},
    {5, "湾", true},
    {5, "京都", false},
    {5, "フェリ*", true},
    {5, "た", true},
    /* Korean: endings do not hide the word */
    {6, "서울", true},
    {6, "부산", true},
    {6, "서울에서 부산까지", true},
    {6, "산부", false},
    {6, "출항", true},
    /* Greek, Russian, Hebrew */
    {7, "γιωργος", true},
    {7, "ΘΑΛΑΣΣΑ", true},
    {7, "елка", true},
    {7, "ёлка", true},
    {7, "כתב", true},
    {7, "моря", true},
    {7, "море", false},
};

static bool finds(struct reader *r, struct arena *a, const char *words, int story)
{
    struct view *list;
    size_t n, total;
    must(reader_search(r, span_of(words), 0, 100, a, &list, &n, &total) == OK);
    for (size_t i = 0; i < n; i++)
        if (list[i].id == try_view(a, (uint64_t)story)->id) return true;
    return false;
}

static size_t hits(struct reader *r, struct arena *a, const char *words)
{
    struct view *list;
    size_t n, total;
    enum result result = reader_search(r, span_of(words), 0, 100, a, &list, &n, &total);
    check(result == OK, "answered: %s", words);
    return total;
}

static void scripts(struct arena *a)
{
    struct store *s = try_open(false);
    must(store_begin(s) == OK);
    for (uint64_t i = 0; i < COUNT(texts); i++) put_text(s, a, i, "sails", texts[i]);
    must(store_commit(s, 1) == OK);
    try_index(s, NOW + DAY_MS);
    struct reader *r = try_reader(NULL, NULL);
    must(reader_begin(r, NOW + DAY_MS) == OK);
    for (size_t i = 0; i < COUNT(golden); i++) {
        const struct question *g = &golden[i];
        check(finds(r, a, g->words, g->story) == g->found, "%s in text %d: %s", g->words, g->story,
            g->found ? "found" : "not found");
    }
    reader_end(r);
    reader_close(r);
    store_close(s);
}

/* No word of a question is an operator; what makes no sense finds nothing and breaks nothing. */
static void questions(struct arena *a)
{
    static const char *const senseless[] = {
        "", "   ", "\"", "\"\"", "*", "()", "-", "— …", "\"—\"", "^", "{}:+", "!!!", "'"};
    static const char *const operators[] = {"ferry OR absent", "NOT ferry absent",
        "NEAR(ferry absent)", "words:absent ferry", "{words} : absent", "ferry\" OR \"absent",
        "absent*\" OR ferry", "absent) OR (ferry", "ferry' --absent"};
    struct store *s = try_open(false);
    struct reader *r = try_reader(NULL, NULL);
    struct view *list;
    size_t n, total;
    must(reader_begin(r, NOW + DAY_MS) == OK);
    for (size_t i = 0; i < COUNT(senseless); i++)
        check(hits(r, a, senseless[i]) == 0, "nothing for: %s", senseless[i]);
    for (size_t i = 0; i < COUNT(operators); i++)
        check(hits(r, a, operators[i]) == 0, "all words are words: %s", operators[i]);
    check(hits(r, a, "ferry — sails") == COUNT(texts), "a dash between words is no word");
    check(hits(r, a, "«ferry 3» sails") == 1 && hits(r, a, "“ferry 3”") == 1,
        "other quotes quote too");
    check(hits(r, a, "ferry \"sails") == COUNT(texts), "an open quote closes itself");
    check(hits(r, a, "f*") == 0, "one letter and a star is too little");
    check(hits(r, a,
              "ferry ferry ferry ferry ferry ferry ferry ferry ferry ferry ferry ferry absent") ==
              COUNT(texts),
        "the thirteenth word is not asked");
    check(hits(r, a, "\xff\xfe \xc3") == 0, "broken UTF-8 finds nothing");
    must(reader_search(r, S("ferry"), 2, 3, a, &list, &n, &total) == OK);
    check(n == 3 && total == 8 && list[0].id == try_view(a, 5)->id &&
              list[2].id == try_view(a, 3)->id,
        "newest first, by offset and number");
    must(reader_search(r, S("ferry"), 8, 3, a, &list, &n, &total) == OK);
    check(n == 0 && total == 8, "behind the end there is nothing");
    reader_end(r);
    reader_close(r);
    store_close(s);
}

static bool file_holds(const char *name, const char *word)
{
    struct arena *a = arena_new(256 << 20);
    uint64_t generation;
    char path[PATH_MAX], whole[PATH_MAX + 8];
    struct span bytes;
    must(folder_current(try_folder, &generation) == OK);
    folder_path(try_folder, generation, FILE_SITE, path);
    snprintf(whole, sizeof whole, "%s%s", path, name);
    must(file_read(a, whole, 200 << 20, &bytes) == OK);
    bool holds = span_find(bytes, span_of(word)) >= 0;
    arena_free(a);
    return holds;
}

static size_t hits_at(struct arena *a, int64_t now_ms, const char *words)
{
    struct reader *r = try_reader(NULL, NULL);
    must(reader_begin(r, now_ms) == OK);
    size_t n = hits(r, a, words);
    reader_end(r);
    reader_close(r);
    return n;
}

static size_t documents(struct store *s)
{
    int64_t n = 0;
    static const char *const sql[] = {"SELECT count(*) FROM doc"};
    struct db d = {.h = s->site.h};
    db_statements(&d, sql, 1);
    must(db_number(&d, 0, NO_ARGS, &n) == OK);
    sqlite3_finalize(d.stmts[0]);
    free(d.stmts);
    return (size_t)n;
}

/* D4, E15: words come with publication and go with the story, in the index's bytes too. */
static void comings_and_goings(struct arena *a)
{
    struct store *s = try_open(false);
    int64_t now = NOW + DAY_MS;
    size_t before = documents(s);
    struct view *v = try_view(a, 90);
    v->body_text = S("The quokkaword stood on the pier");
    must(store_begin(s) == OK);
    try_put(s, v, now + 1000, INT64_MAX);
    must(store_commit(s, 2) == OK);
    try_index(s, now);
    check(documents(s) == before && hits_at(a, now, "quokkaword") == 0,
        "an embargoed story is not indexed");
    check(!file_holds("", "quokkaword") && !file_holds("-wal", "quokkaword * "),
        "no word of it is in the index");
    try_index(s, now + 1000);
    check(documents(s) == before + 1 && hits_at(a, now + 1000, "quokkaword") == 1,
        "at its instant it is");
    check(hits_at(a, now + 999, "quokkaword") == 0,
        "one millisecond before it is not, whatever is indexed");
    v->body_text = S("The wombatword stood on the pier");
    must(store_begin(s) == OK);
    try_put(s, v, now + 1000, INT64_MAX);
    must(store_commit(s, 3) == OK);
    try_index(s, now + 1000);
    check(hits_at(a, now + 1000, "quokkaword") == 0 && hits_at(a, now + 1000, "wombatword") == 1,
        "an update changes the words");
    must(store_begin(s) == OK);
    must(store_drop_story(s, v->id) == OK);
    must(store_commit(s, 4) == OK);
    check(hits_at(a, now + 1000, "wombatword") == 0,
        "a dropped story is not found, before any index work");
    try_index(s, now + 1000);
    check(documents(s) == before, "its words are taken out");
    check(!file_holds("", "wombatword") && !file_holds("", "quokkaword"),
        "no byte of them stays in the file");
    check(!file_holds("-wal", "wombatword") && !file_holds("-wal", "quokkaword"), "nor in its log");
    check(hits_at(a, now + 1000, "ferry") == COUNT(texts), "the others stay");
    check(try_whole(s), "the store is whole");
    store_close(s);
}

/* E9, R3: a caption is found only where its picture is seen as long as its text. */
static void captions(struct arena *a)
{
    struct store *s = try_open(false);
    int64_t now = NOW + DAY_MS;
    struct view *v = try_view(a, 91);
    v->changed_ms = now;
    struct view_picture p[] = {
        {.hash = S("aa"), .caption = S("quollword at sea"), .until_ms = INT64_MAX},
        {.hash = S("bb"), .caption = S("dingoword"), .from_ms = now + 9, .until_ms = INT64_MAX},
        {.hash = S("cc"), .caption = S("emuword"), .until_ms = now + 9}};
    v->pictures = p;
    v->picture_count = COUNT(p);
    must(store_begin(s) == OK);
    try_put(s, v, now, INT64_MAX);
    must(store_commit(s, 9) == OK);
    try_index(s, now);
    check(hits_at(a, now, "quollword") == 1, "a caption is found");
    check(hits_at(a, now, "dingoword") == 0, "one under an embargo of its own is not");
    check(hits_at(a, now, "emuword") == 0, "nor one that has an end");
    store_close(s);
}

static void folds(struct arena *a)
{
    static const char *const pairs[][2] = {{"Hello, World-Wide!", "hello  world wide"},
        {"東京都", "東京 京都 都"}, {"港", "港"}, {"A東京B", "a 東京 京 b"},
        {"المدرســة", "المدرسه"}, {"हिन्दी", "हिंदी"}, {"٢٠٢٦ २०२६", "2026 2026"},
        {"ﬁn Ⅳ", "fin iv"}};
    for (size_t i = 0; i < COUNT(pairs); i++)
        check_span(search_fold(a, span_of(pairs[i][0])), span_of(pairs[i][1]), pairs[i][0]);
}

int main(void)
{
    struct arena *a = arena_new((size_t)1 << 30);
    try_start();
    folds(a);
    scripts(a);
    questions(a);
    comings_and_goings(a);
    captions(a);
    try_end();
    arena_free(a);
    return tap_end();
}
