/* An export as a stream: what was public and what was not, by its own words; whose it is; what a
 * text becomes; and that no file, however broken or large, does more than be refused. */
#include "archive.h"

#include "tap.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW_MS INT64_C(1760000000000) /* 2025-10-09 */
#define HEAD                                                                                       \
    "<?xml version=\"1.0\"?><rss><channel><title>Quill</title><language>en</language>"             \
    "<wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>https://old.example.org/blog/"          \
    "</wp:base_blog_url><wp:author><wp:author_login>asha</wp:author_login>"                        \
    "<wp:author_display_name><![CDATA[Asha Rao]]></wp:author_display_name></wp:author>"
#define TAIL "</channel></rss>"

struct seen {
    struct arena *a;
    struct wxr_item items[64];
    size_t count;
    uint64_t told;
    enum result answer;
    size_t longest;
};

static enum result on_item(
    void *with, struct arena *a, const struct wxr_site *site, const struct wxr_item *i)
{
    struct seen *s = with;
    (void)site;
    (void)a;
    if (s->count < COUNT(s->items)) {
        struct wxr_item *to = &s->items[s->count];
        *to = *i;
        to->id = arena_keep(s->a, i->id);
        to->title = arena_keep(s->a, i->title);
        to->content = arena_keep(s->a, span_cut(i->content, 0, 1000));
    }
    if (i->content.n > s->longest) s->longest = i->content.n;
    s->count++;
    return s->answer;
}

static void on_progress(void *with, uint64_t done, uint64_t of)
{
    struct seen *s = with;
    must(done <= of && done >= s->told);
    s->told = done;
}

static char path[] = "/tmp/broadsheet-archive-XXXXXX";

static enum result read_bytes(
    struct span bytes, struct wxr_site *site, struct seen *seen, struct reject *why)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && write_all(fd, bytes.p, bytes.n) == OK);
    close(fd);
    struct wxr_hooks hooks = {on_item, on_progress, seen};
    return wxr_read(path, site, &hooks, why);
}

static enum result read_text(
    struct arena *a, const char *text, struct seen *seen, struct reject *why)
{
    struct wxr_site *site = wxr_site_new();
    *seen = (struct seen){.a = a, .answer = seen->answer};
    enum result r = read_bytes(span_of(text), site, seen, why);
    why->why = arena_keep(a, why->why);
    wxr_site_free(site);
    return r;
}

static void refuses(struct arena *a, const char *what, const char *text, uint32_t line)
{
    struct seen seen = {0};
    struct reject why;
    enum result r = read_text(a, text, &seen, &why);
    check(r == ERR_CORRUPT && why.why.n && (!line || why.line == line), "%s is refused: %.*s", what,
        FMT(why.why));
}

static void files(struct arena *a)
{
    struct seen seen = {0};
    struct reject why;
    check(read_text(a,
              HEAD "<item><title>A&amp;B</title><wp:post_id> 7 </wp:post_id>"
                   "<content:encoded><![CDATA[x ]]]]><![CDATA[> \x08y]]></content:encoded>"
                   "</item><item/>" TAIL,
              &seen, &why) == OK &&
              seen.count == 2,
        "two items");
    check_span(seen.items[0].title, S("A&B"), "title");
    check_span(seen.items[0].id, S("7"), "number");
    check_span(
        seen.items[0].content, S("x ]]>  y"), "CDATA in pieces; a control character is a space");
    check(seen.told > 0, "progress is told");
    seen.answer = ERR_FULL;
    check(read_text(a, HEAD "<item/><item/>" TAIL, &seen, &why) == ERR_FULL && seen.count == 1,
        "the hook's word ends it");
    refuses(a, "nothing", "", 0);
    refuses(a, "a web page", "<html><body/></html>", 1);
    refuses(a, "RSS of another kind", "<rss><channel><item/></channel></rss>", 1);
    refuses(a, "no version that makes sense",
        "<rss><channel>\n<wp:wxr_version>banana</wp:wxr_version></channel></rss>", 2);
    refuses(a, "half a file", HEAD "\n<item><title>x", 2);
    refuses(a, "entities", "<!DOCTYPE rss [<!ENTITY a \"aaaa\">]>\n" HEAD TAIL, 1);
    refuses(
        a, "what is fetched", "<!DOCTYPE rss [<!ENTITY a SYSTEM \"/etc/passwd\">]>" HEAD TAIL, 1);
    refuses(a, "UTF-16", "\xFF\xFE<", 0);
    struct buf b;
    buf_init(&b, a, 0);
    buf_str(&b, HEAD);
    for (int i = 0; i < 100; i++) buf_str(&b, "<x>");
    buf_char(&b, 0);
    refuses(a, "what is nested deeply", b.p, 1);
    struct wxr_site *site = wxr_site_new();
    struct wxr_hooks hooks = {on_item, NULL, &seen};
    check(
        wxr_read("/nowhere/at/all", site, &hooks, &why) == ERR_ABSENT, "a file that is not there");
    check(wxr_read("/tmp", site, &hooks, &why) == ERR_IO, "a folder is none");
    wxr_site_free(site);
}

/* Cut anywhere, no file is taken for a whole one. */
static void cuts(struct arena *a)
{
    static const char whole[] =
        HEAD "<item><wp:post_id>1</wp:post_id><category domain=\"category\" "
             "nicename=\"x\">X</category><wp:postmeta><wp:meta_key>k"
             "</wp:meta_key></wp:postmeta><wp:comment><wp:comment_id>1"
             "</wp:comment_id></wp:comment></item>" TAIL;
    size_t wrong = 0;
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct seen seen = {.a = a};
        struct reject why;
        struct wxr_site *site = wxr_site_new();
        wrong += read_bytes((struct span){whole, n}, site, &seen, &why) != ERR_CORRUPT;
        wxr_site_free(site);
    }
    check(wrong == 0, "cut at each of %zu bytes it is refused", sizeof whole - 1);
}

/* Items of 200 MB in all, and one that is too large: memory is one item's. */
static void large(struct arena *a)
{
    struct seen seen = {.a = a};
    struct reject why;
    struct wxr_site *site = wxr_site_new();
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    char *mega = arena_alloc(a, 1 << 20);
    memset(mega, 'x', 1 << 20);
    must(write_all(fd, HEAD, sizeof HEAD - 1) == OK);
    for (int i = 0; i < 64; i++) {
        static const char open_item[] = "<item><content:encoded>",
                          close_item[] = "</content:encoded></item>";
        must(write_all(fd, open_item, sizeof open_item - 1) == OK);
        for (int k = 0; k < (i == 30 ? 20 : 1); k++) must(write_all(fd, mega, 1 << 20) == OK);
        must(write_all(fd, close_item, sizeof close_item - 1) == OK);
    }
    must(write_all(fd, TAIL, sizeof TAIL - 1) == OK);
    close(fd);
    struct wxr_hooks hooks = {on_item, on_progress, &seen};
    check(wxr_read(path, site, &hooks, &why) == OK && seen.count == 64, "a large file is read");
    check(seen.items[30].too_large && !seen.items[31].too_large && seen.longest <= WXR_ITEM_MAX,
        "the item over the limit is marked, its neighbours are whole");
    check(arena_used(site->a) < 1 << 20, "and nothing of them is kept: %zu bytes",
        arena_used(site->a));
    wxr_site_free(site);
}

/* ---- public or not ---- */

static struct wxr_item a_post(void)
{
    return (struct wxr_item){.title = S("A ferry"),
        .content = S("Words"),
        .id = S("7"),
        .date_gmt = S("2025-05-03 09:00:00"),
        .status = S("publish"),
        .type = S("post"),
        .guid = S("https://old.example.org/?p=7")};
}

static void left_out(struct wxr_item i, const char *want)
{
    int64_t since = 0;
    const char *why = post_why_not(&i, S("post, page"), NOW_MS, &since);
    check(why && strcmp(why, want) == 0, "left out: %s (%s)", want, why ? why : "it was not");
}

static void states(void)
{
    int64_t since = 0;
    struct wxr_item i = a_post();
    check(!post_why_not(&i, S("post, page"), NOW_MS, &since) && since == INT64_C(1746262800000),
        "published, since its own date in UTC");
    i.type = S("page");
    check(!post_why_not(&i, S("post, page"), NOW_MS, &since), "a page too");
    static const char *const words[][2] = {{"draft", "a draft"}, {"auto-draft", "a draft"},
        {"private", "private"}, {"future", "planned for later"}, {"trash", "in the trash"},
        {"pending", "waits for review"}, {"inherit", "a revision or an attachment"},
        {"", "of an unknown status"}, {"Publish", "of an unknown status"},
        {"published", "of an unknown status"}};
    for (size_t k = 0; k < COUNT(words); k++) {
        i = a_post();
        i.status = span_of(words[k][0]);
        left_out(i, words[k][1]);
    }
    i = a_post(), i.password = S("hush"), left_out(i, "behind a password");
    i = a_post(), i.date_gmt = S("2031-05-03 09:00:00"), left_out(i, "planned for later");
    i = a_post(), i.date_gmt = S("0000-00-00 00:00:00"),
    left_out(i, "without a date that can be read");
    i = a_post(), i.type = S("revision"), left_out(i, "another post type");
    i = a_post(), i.type = S(""), left_out(i, "another post type");
    i = a_post(), i.too_large = true, left_out(i, "larger than an item may be");
    i = a_post(), i.id = S(""), left_out(i, "without a number");
    i = a_post(), i.date_gmt = S("0000-00-00 00:00:00"),
    i.pub_date = S("Sat, 03 May 2025 09:00:00 +0000");
    check(!post_why_not(&i, S("post"), NOW_MS, &since) && since == INT64_C(1746262800000),
        "else since its pubDate");
}

/* ---- whose ---- */

static void guids(struct arena *a)
{
    struct wxr_meta meta[] = {{S("_edit_lock"), S("1:2")}, {S("my_wire_id"), S("X-1")},
        {S("_agency_guid"), S("tag:wire.example,2025:1")}};
    struct wxr_item i = a_post();
    struct wxr_site *site = wxr_site_new();
    site->base = S("https://old.example.org/blog/");
    check_span(post_agency_guid(&i, S("")), S(""), "WordPress's own guid is no agency's");
    i.meta = meta;
    i.meta_count = 3;
    check_span(post_agency_guid(&i, S("")), S("tag:wire.example,2025:1"), "a plugin's, hidden key");
    check_span(post_agency_guid(&i, S("my_wire_id")), S("X-1"), "under a key of one's own");
    i.meta_count = 1;
    i.guid = S("urn:newsml:wire.example:20250503:ferry");
    check_span(post_agency_guid(&i, S("")), i.guid, "an importer of feeds has kept it as the guid");
    check_span(post_own_guid(a, site, &i), S("wordpress:old.example.org/blog:7"), "one of its own");
    struct wxr_guid alone = {S("7"), false}, shared = {S("6"), true};
    *map_at(site->guids, i.guid) = &alone;
    check_span(post_own_guid(a, site, &i), i.guid, "WordPress's own, as a wire's reader takes it");
    *map_at(site->guids, i.guid) = &shared;
    check_span(post_own_guid(a, site, &i), S("wordpress:old.example.org/blog:7"),
        "one that two posts have names neither");
    wxr_site_free(site);
}

static void stories(struct arena *a)
{
    struct wxr_site *site = wxr_site_new();
    struct wxr_author asha = {S("2"), S("asha"), S("Asha Rao")};
    struct span url = S("https://old.example.org/wp-content/uploads/ferry.jpg"),
                url4 = S("https://old.example.org/wp-content/uploads/fog-scaled.jpg");
    struct wxr_attachment cover = {.number = S("9"), .url = url, .caption = S("The <b>cover</b>")};
    struct wxr_attachment fog = {.number = S("4"), .url = url4, .alt = S("Fog")};
    *map_at(site->authors, asha.login) = &asha;
    *map_at(site->attachments, S("9")) = &cover;
    *map_at(site->attachments, S("4")) = &fog;
    *map_at(site->files, url) = &cover;
    *map_at(site->files, url4) = &fog;
    *map_at(site->hung, S("7")) = &fog;
    site->base = S("https://old.example.org");
    struct wxr_term terms[] = {{S("category"), S("sport"), S("Sport &amp; Play")},
        {S("post_tag"), S("fog"), S("Sea fog")}, {S("post_format"), S("aside"), S("Aside")},
        {S("category"), S("uncategorized"), S("Uncategorized")}};
    struct wxr_meta meta[] = {{S("_thumbnail_id"), S("9")}};
    struct wxr_item i = a_post();
    i.title = S("A &amp; <em>B</em>");
    i.creator = S("asha");
    i.terms = terms, i.term_count = 4, i.meta = meta, i.meta_count = 1;
    i.content =
        S("One.\n\n<img class=\"x\" src=\"/wp-content/uploads/two.jpg\" alt=\"Two &amp; "
          "three\" onerror=\"alert(1)\">\n\n<img src='javascript:x'><script>alert(2)</script>"
          "[caption]<img src=\"/wp-content/uploads/fog-300x200.jpg\"> In the [fog][/caption]");
    struct story *s = post_story(a, site, &i, S("g"), 1000);
    check_span(s->headline, S("A & B"), "headline");
    check_span(s->byline, S("Asha Rao"), "the author's shown name");
    check(s->subject_count == 1 && s->keyword_count == 1, "categories are subjects, tags keywords");
    check_span(s->subjects[0].literal, S("category:sport"), "a category's literal");
    check_span(s->subjects[0].name, S("Sport & Play"), "and name");
    check(s->picture_count == 3, "three pictures");
    check_span(s->pictures[0].renditions[0].href, url, "the cover");
    check_span(s->pictures[0].caption, S("The cover"), "with its own words");
    check_span(s->pictures[2].renditions[0].href, url4, "a small one is the whole one");
    check_span(s->pictures[2].caption, S("In the [fog]"), "with the words under it");
    check_span(s->pictures[1].renditions[0].href,
        S("https://old.example.org/wp-content/uploads/two.jpg"), "one in the text");
    check_span(s->pictures[1].alt, S("Two & three"), "its words");
    check_span(s->body.s,
        S("<p>One.</p>"
          "<figure data-picture=\"https://old.example.org/wp-content/uploads/two.jpg\"></figure>"
          "<figure data-picture=\"https://old.example.org/wp-content/uploads/fog-scaled.jpg\">"
          "</figure>"),
        "and a clean body, its pictures where they stood");
    i.title = S("");
    i.content = S("[gallery]<script>x()</script>Only <b>words</b>.");
    s = post_story(a, site, &i, S("g"), 1000);
    check_span(s->headline, S("Only words."), "without a title: its first words");
    check(s->picture_count == 2, "a gallery without numbers shows what hangs on the post");
    i.content = S(
        "[gallery ids=\"9, 4,5\"] <img class=\"a wp-image-4\" src=\"https://cdn.example/f.jpg\">");
    s = post_story(a, site, &i, S("g"), 1000);
    check(s->picture_count == 2, "one with numbers shows these, and each picture once");
    wxr_site_free(site);
}

static void old_names(struct arena *a)
{
    struct wxr_meta meta[] = {{S("_wp_old_slug"), S("fog")}, {S("_wp_old_date"), S("2025-05-01")},
        {S("_wp_old_slug"), S("")}, {S("_wp_old_date"), S("yesterday")}};
    struct wxr_item i = a_post();
    struct span out[4];
    i.name = S("ferry"), i.date = S("2025-05-03 11:00:00"), i.meta = meta, i.meta_count = 4;
    i.link = S("https://old.example.org/ferry/2025/05/03/ferry.html");
    check(post_old_links(a, &i, out, 4) == 2, "two other names");
    check_span(out[0], S("https://old.example.org/ferry/2025/05/03/fog.html"), "renamed");
    check_span(out[1], S("https://old.example.org/ferry/2025/05/01/ferry.html"), "dated anew");
    i.link = S("https://old.example.org/?p=7");
    check(post_old_links(a, &i, out, 4) == 0, "a number stays");
    static const char *const slugs[][2] = {{"asha", "asha"}, {"C_Olsen", "c_olsen"},
        {"Dora@desk.example", "doradesk-example"}, {" a  b. ", "a-b"}, {"\xC3\xA9va", "eva"},
        {"@", ""}};
    for (size_t k = 0; k < COUNT(slugs); k++)
        check_span(wxr_slug(a, span_of(slugs[k][0])), span_of(slugs[k][1]), slugs[k][0]);
}

static void shared_guids(struct arena *a)
{
    struct seen seen = {.a = a};
    struct reject why;
    struct wxr_site *site = wxr_site_new();
    struct span text = S("<rss><channel><wp:wxr_version>1.2</wp:wxr_version>"
                         "<item><guid>a</guid><wp:post_id>1</wp:post_id></item>"
                         "<item><guid>a</guid><wp:post_id>2</wp:post_id></item>"
                         "<item><guid>b</guid><wp:post_id>3</wp:post_id></item>" TAIL);
    for (int k = 0; k < 2; k++) check(read_bytes(text, site, &seen, &why) == OK, "read");
    const struct wxr_guid *g = map_get(site->guids, S("a")), *h = map_get(site->guids, S("b"));
    check(g && g->is_shared && h && !h->is_shared, "a guid of two posts is known as shared");
    wxr_site_free(site);
}

static void fronts(
    struct arena *a, const char *base, const char *one, const char *two, const char *want)
{
    struct seen seen = {.a = a};
    struct reject why;
    struct wxr_site *site = wxr_site_new();
    struct span text = arena_printf(a,
        "<rss><channel><wp:wxr_version>1.2</wp:wxr_version><wp:base_blog_url>%s</wp:base_blog_url>"
        "<item><link>%s</link><wp:post_type>post</wp:post_type><wp:status>publish</wp:status></"
        "item>"
        "<item><link>%s</link><wp:post_type>post</wp:post_type><wp:status>publish</wp:status></"
        "item>"
        "<item><link>https://x.example/?p=1</link><wp:post_type>post</wp:post_type>"
        "<wp:status>draft</wp:status></item>" TAIL,
        base, one, two);
    check(read_bytes(text, site, &seen, &why) == OK, "read");
    check_span(site->front, span_of(want), one);
    wxr_site_free(site);
}

int main(void)
{
    struct arena *a = arena_new(256 << 20);
    int fd = mkstemp(path);
    must(fd >= 0);
    close(fd);
    files(a);
    cuts(a);
    large(a);
    states();
    guids(a);
    stories(a);
    old_names(a);
    shared_guids(a);
    fronts(a, "https://x.example", "https://x.example/archives/7", "https://x.example/archives/8",
        "/archives");
    fronts(a, "https://x.example/b/", "https://x.example/b/n/2025/05/a/",
        "https://x.example/b/n/2024/05/b/", "/n");
    fronts(
        a, "https://x.example", "https://x.example/2025/05/a/", "https://x.example/2025/06/b/", "");
    fronts(a, "https://x.example", "https://x.example/sport/a/", "https://x.example/sports/b/", "");
    fronts(a, "https://x.example", "https://x.example/?p=1", "https://x.example/?p=2", "");
    unlink(path);
    arena_free(a);
    return tap_end();
}
