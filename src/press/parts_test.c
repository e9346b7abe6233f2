/* Stories on another story's page: in order, of a choice one, only what is public at the instant;
 * the page hangs on all that it names and dies with each that it shows (P1, P6, P7, P9, C14). */
#include "feed_kit.h"

static struct view_ref member(uint64_t n, uint32_t choice, uint32_t branch)
{
    return (struct view_ref){REF_MEMBER, kit_view(n)->id, choice, branch};
}

static void word(const char *key, const char *text)
{
    struct span *w = ARENA_NEW(kit_arena, struct span);
    *w = span_of(text);
    *map_at(kit_press.words, span_of(key)) = w;
}

static struct view *package(void)
{
    struct view *v = kit_view(20);
    struct view_ref refs[] = {member(9, 0, 0), member(3, 1, 1), member(2, 1, 2), member(4, 1, 2),
        member(5, 1, 3), member(1, 0, 0), member(9999, 0, 0)};
    v->headline = S("All about ferries");
    v->body = (struct html){0};
    v->body_text = v->abstract = S("");
    v->needs_member = true;
    v->refs = ARENA_ARRAY(kit_arena, struct view_ref, COUNT(refs));
    memcpy(v->refs, refs, sizeof refs);
    v->ref_count = COUNT(refs);
    return v;
}

static struct span members_told(struct span key)
{
    const struct json *list = json_get(kit_json(), arena_cstr(kit_arena, key));
    struct buf b;
    buf_init(&b, kit_arena, 0);
    for (const struct json *m = list ? list->first : NULL; m; m = m->next)
        buf_printf(&b, "%.*s. ", FMT(json_text(m, "headline")));
    return buf_span(&b);
}

static enum result api(const struct view *v, int64_t now_ms)
{
    return kit_page(page_api, (struct page_ask){.kind = PAGE_API_STORY, .id = v->id}, now_ms);
}

static bool shows_id(story_id id)
{
    for (uint32_t i = 0; i < kit_made.id_count; i++)
        if (kit_made.ids[i] == id) return true;
    return false;
}

static void test_package(void)
{
    struct view *v = package(), *late = kit_view(3);
    kit_put(v);
    check(api(v, NOW) == ERR_ABSENT, "P1 a package waits for its first story");
    kit_put(kit_view(1));
    kit_put(kit_view(2));
    kit_put(kit_view(4));
    kit_put(kit_view(5));
    late->published_ms = NOW + KIT_HOUR;
    kit_put(late);
    must(api(v, NOW) == OK);
    check_span(members_told(S("members")), S("Ferry 2 sails. Ferry 4 sails. Ferry 1 sails. "),
        "P9 in order, of a choice the first alternative that is public, all of it");
    check(!kit_says("Ferry 3") && !kit_says("Ferry 5") && !kit_says("Ferry 9"),
        "P1 nothing tells of the others");
    check(kit_made.valid_until_ms == NOW + KIT_HOUR, "the page ends where a story opens");
    check(shows_id(kit_view(2)->id) && !shows_id(late->id), "it dies with those that it shows");
    check(kit_hangs_on(arena_printf(kit_arena, "story:%.*s", FMT(late->id_text)).p),
        "and hangs on those that it does not show yet");
    must(api(v, NOW + KIT_HOUR) == OK);
    check_span(members_told(S("members")), S("Ferry 3 sails. Ferry 1 sails. "),
        "then the better alternative stands there");
}

static void test_feed(void)
{
    struct page_ask ask = {.kind = PAGE_JSONFEED, .list = LIST_FRONT};
    must(kit_page(page_feed, ask, NOW) == OK);
    const struct json *list = json_get(kit_json(), "items");
    struct span said = S("");
    for (const struct json *i = list ? list->first : NULL; i; i = i->next)
        if (span_eq(json_text(i, "title"), S("All about ferries")))
            said = json_text(i, "content_html");
    check(span_find(said, S(">Ferry 2 sails</a>")) > 0 &&
              span_find(said, S("A ferry has sailed.")) > 0,
        "a package in a feed holds its stories, each with its first words");
    check(span_find(said, S("Ferry 3")) < 0, "those that are public");
}

static void test_corrective(void)
{
    struct view *about = kit_view(40), *by = kit_view(39), *held = kit_view(38);
    struct view_ref *refs = ARENA_ARRAY(kit_arena, struct view_ref, 2);
    refs[0] = (struct view_ref){REF_CORRECTED_BY, by->id, 0, 0};
    refs[1] = (struct view_ref){REF_CORRECTED_BY, held->id, 0, 0};
    about->refs = refs;
    about->ref_count = 2;
    held->published_ms = NOW + KIT_HOUR;
    by->is_corrective = true;
    by->corrected_ms = by->published_ms;
    kit_put(about);
    kit_put(by);
    kit_put(held);
    must(api(about, NOW) == OK);
    check_span(members_told(S("corrected_by")), S("Ferry 39 sails. "),
        "C14 a story names the corrective that is public");
    struct parts parts = {&(struct part){REF_CORRECTED_BY, by}, 1};
    struct reject why;
    const struct json *j =
        json_parse(kit_arena, jsonld_article(&kit_press, kit_arena, about, &parts, NULL), &why);
    check_span(
        json_text(json_get(j, "correction"), "text"), by->headline, "and its structured data does");
    struct list_query q = {.kind = LIST_CORRECTIONS, .limit = 10};
    struct reader *r;
    struct view *list;
    size_t n;
    must(reader_open(kit_folder, (struct reader_hooks){0}, &r) == OK);
    must(reader_begin(r, NOW) == OK);
    must(reader_list(r, &q, kit_arena, &list, &n) == OK);
    check(n == 1 && list[0].id == by->id, "C15 a corrective is among the corrections");
    reader_close(r);
}

static void test_lead(void)
{
    struct view *v = kit_view(60);
    check_span(press_lead(kit_arena, v), v->abstract, "the abstract leads");
    v->abstract = S("");
    v->body = html_clean(kit_arena, S("<p></p><table><tr><td>1</td></tr></table><p>First.</p>"));
    check(press_lead(kit_arena, v).n > 0, "else the first block that says something");
    v->body = html_clean(kit_arena, arena_printf(kit_arena, "<p>%01000d</p>", 1));
    check(press_lead(kit_arena, v).n < 420, "and not all of it");
}

int main(void)
{
    kit_start();
    word("corrects", "Corrects:");
    word("corrected_by", "Corrected by:");
    test_package();
    test_feed();
    test_corrective();
    test_lead();
    return kit_end();
}
