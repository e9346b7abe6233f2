/* Themes: words, overrides by a folder, mistakes told with their place, assets, and the agency's
 * sentence that no theme can leave out. */
#include "pages_kit.h"

#include <stdio.h>
#include <string.h>

static const char *folder_file(const char *name, const char *text)
{
    const char *path = arena_printf(kit_arena, "%s/theme/%s", kit_folder, name).p;
    must(file_write_durable(path, span_of(text)) == OK);
    return path;
}

static const char *fresh_folder(void)
{
    const char *folder = arena_printf(kit_arena, "%s/theme", kit_folder).p;
    (void)!dir_remove(folder);
    must(dir_make(arena_printf(kit_arena, "%s/words", folder).p) == OK);
    return folder;
}

static bool refused(const char *folder, const char *language, const char *why_wanted)
{
    struct press *p = NULL;
    struct span why = S("");
    kit_site.language = span_of(language);
    enum result r = press_open(kit_arena, &kit_site, folder, &p, &why);
    bool held = r != OK && span_find(why, span_of(why_wanted)) >= 0;
    if (!held) printf("# %s: %.*s\n", result_name(r), FMT(why));
    kit_site.language = S("en");
    return held;
}

/* ---- words (what is built in: words_test.c) ---- */
static void test_language_of_a_folder(void)
{
    const char *folder = fresh_folder();
    check(refused(NULL, "eo", "no words for the language \"eo\""), "no words, no press");
    folder_file("words/eo.yaml", "home: \"Hejmo\"\n");
    check(refused(folder, "eo", "words/eo.yaml: the word \""), "a missing word is refused");
    folder_file("words/en.yaml", "plurals: \"tlh\"\n");
    check(refused(folder, "en", "words/en.yaml: there is no plural rule for \"tlh\""),
        "a rule that nobody knows");
    folder_file("words/en.yaml", "plurals: \"ru\"\n");
    check(refused(folder, "en", "words/en.yaml: the word \""), "another rule wants other forms");
    folder_file("words/en.yaml", "digits: \"012345678\"\n");
    check(refused(folder, "en", "words/en.yaml: the word \"digits\""), "nine digits");
    folder_file("words/en.yaml", "home: \"Start\"\n");
    kit_press = kit_open("en", folder);
    check(kit_press && kit_page((struct page_ask){.kind = PAGE_NOT_FOUND}) == OK &&
              kit_says(">Start</a>") && kit_says("Corrections"),
        "a folder may change one word");
}

/* ---- templates ---- */
static void test_mistakes(void)
{
    const char *folder = fresh_folder();
    folder_file("front.html", "{{$home}}\n{{$home}} {{#open}}\n");
    check(refused(folder, "en", "theme/front.html:2:11: "), "the place of an open section");
    folder_file("front.html", "\n {{$nonsense}}\n");
    check(refused(folder, "en", "theme/front.html:2:2: there is no word \"nonsense\""),
        "the place of an unknown word");
    folder_file("front.html", "x {{>nobody}}\n");
    check(refused(folder, "en", "theme/front.html:1:3: "), "the place of an unknown partial");
    folder_file("front.html", "{{title}}\n");
    folder_file("words/en.yaml", "home: \"a\"\nhome: \"b\"\n");
    check(refused(folder, "en", "theme/words/en.yaml:2:"), "the place of a mistake in words");
    check(refused("/nonexistent/theme", "en", "/nonexistent/theme"), "a folder that is not there");
}

static void test_override(void)
{
    const char *folder = fresh_folder();
    struct view *v = kit_view(1);
    kit_put(v);
    folder_file("article.html", "<main><p>{{headline}}</p></main>\n");
    kit_press = kit_open("en", folder);
    check(
        kit_press && kit_article(v) && kit_says("<p>Ferry 1 sails</p>"), "a template of one's own");
    check(
        kit_says("<p class=\"disclaimer\">From Coastal News; The Kit &lt;Courier&gt; has not read "
                 "it.</p></main>"),
        "R4: a theme cannot leave the agency's sentence out");
    folder_file("article.html", "{{headline}}");
    kit_press = kit_open("en", folder);
    check(kit_press && kit_article(v) && kit_says("has not read it."), "nor by having no main");
}

static bool says_visibly(const char *folder, const char *template)
{
    struct view *v = kit_view(1);
    folder_file("article.html", template);
    kit_press = kit_open("en", folder);
    return kit_press && kit_article(v) &&
           kit_says("<p class=\"disclaimer\">From Coastal News; Courier has not read it.</p>");
}

/* The same words in structured data or a comment are not for readers. */
static void test_hidden_disclaimer(void)
{
    const char *folder = fresh_folder();
    struct span name = kit_site.name;
    kit_site.name = S("Courier");
    check(says_visibly(folder, "{{>head}}{{>foot}}"), "R4: said in JSON-LD alone is not said");
    check(says_visibly(folder, "<main><!-- <p>{{disclaimer}}</p> --></main>"), "nor in a comment");
    check(says_visibly(folder, "<main title=\"{{disclaimer}}\"></main>"), "nor in an attribute");
    check(says_visibly(folder, "<main><p hidden>{{disclaimer}}</p></main>"), "nor hidden");
    check(!says_visibly(folder, "<main><b>{{disclaimer}}</b></main>") && kit_says("<b>From"),
        "said in a theme's own way, it is not said twice");
    kit_site.name = name;
}

/* ---- assets ---- */
static enum result get(struct span name)
{
    return kit_page((struct page_ask){.kind = PAGE_ASSET, .name = name});
}

static void test_assets(void)
{
    const char *folder = fresh_folder();
    kit_press = kit_open("en", NULL);
    struct span path = press_asset_path(kit_press, "style.css");
    check(
        span_starts(path, S("/assets/style-")) && span_ends(path, S(".css")), "a hash in its name");
    check(get(span_cut(path, 8, path.n)) == OK && kit_made.is_static, "found by it, for good");
    check(kit_says(".tone-0{--tone:#1f5f8b}") && !kit_says("red;"), "with the sections' colours");
    size_t sent = press_squeeze(kit_arena, CODING_BROTLI, kit_made.body).n;
    check(sent && sent < 12000, "the style sheet is under 12 KB over the wire: %zu", sent);
    check(get(S("site.js")) == OK && !kit_made.is_static && kit_made.body.n < 7000,
        "found by its plain name, for a while; the script has under 7 KB as it is read");
    check(!kit_says("\n/*") && !kit_says("\n "), "without indentation and comments of whole lines");
    check(
        get(S("favicon.svg")) == OK && !strcmp(kit_made.content_type, "image/svg+xml"), "an icon");
    check(get(S("front.html")) == ERR_ABSENT && get(S("words/en.yaml")) == ERR_ABSENT,
        "templates and words are no assets");
    folder_file("theme.css", "b{color:green}");
    kit_press = kit_open("en", folder);
    check(get(S("style.css")) == OK && kit_says("}\nb{color:green}") && kit_says(":root{"),
        "theme.css stands behind the built-in sheet");
    check(!span_eq(path, press_asset_path(kit_press, "style.css")), "which has another name then");
    folder_file("style.css", "body{color:red}");
    folder_file("logo.svg", "<svg/>");
    kit_press = kit_open("en", folder);
    struct span other = press_asset_path(kit_press, "style.css");
    check(!span_eq(path, other), "other bytes, another name");
    check(get(S("logo.svg")) == OK && kit_says("<svg/>"), "a folder's own files are assets too");
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK &&
              kit_says(arena_printf(kit_arena, "href=\"/wire%.*s\"", FMT(other)).p),
        "pages name it below the base path");
}

static bool asks_behind(void) /* the page has its part of the style, and asks for the whole late */
{
    ptrdiff_t style = span_find(kit_made.body, S("<style>")),
              sheet = span_find(kit_made.body, S("rel=\"stylesheet\"")),
              foot = span_find(kit_made.body, S("<footer"));
    return style > 0 && sheet > style && foot > sheet;
}

static void test_first_screen(void)
{
    const char *folder = fresh_folder();
    kit_press = kit_open("en", NULL);
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && asks_behind() &&
              span_starts(kit_made.hosts.style_code, S(" 'sha256-")) &&
              span_starts(kit_made.hosts.script_code, S(" 'sha256-")) &&
              kit_says(".tone-0{--tone:#1f5f8b}"),
        "a front has its part of the style in it, named by its hash");
    check(kit_page((struct page_ask){.kind = PAGE_CORRECTIONS}) == OK && !kit_says("<style>") &&
              !kit_made.hosts.style_code.n && kit_says("<script>(() =>"),
        "a list asks for its style, and has the script of all");
    folder_file("theme.css", "b{color:green}");
    kit_press = kit_open("en", folder);
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && asks_behind() &&
              kit_says("b{color:green}"),
        "a theme's own rules are in that part");
    folder_file("theme.css", "b{content:\"</style><script>\"}");
    kit_press = kit_open("en", folder);
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && !kit_says("<style>") &&
              !kit_made.hosts.style_code.n,
        "but where they would end it the style is asked for");
    folder_file("boot.js", "a(\"</script>\")");
    check(refused(folder, "en", "boot.js: stands in every page"), "a script that ends itself");
    folder = fresh_folder();
    folder_file("style.css", "body{color:red}");
    kit_press = kit_open("en", folder);
    check(kit_page((struct page_ask){.kind = PAGE_FRONT}) == OK && !kit_says("<style>"),
        "nor has a theme with a sheet of its own a part of the built-in one");
}

int main(void)
{
    log_quiet(LOG_ERROR + 1);
    kit_start();
    test_language_of_a_folder();
    test_mistakes();
    test_override();
    test_hidden_disclaimer();
    test_assets();
    test_first_screen();
    return kit_end();
}
