/* Templates: what a page shows of a record, and what a broken theme is told. */
#include "text.h"

#include "tap.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct html rendered(struct arena *a, const char *source, const struct record *r)
{
    struct templates *t = templates_new(a);
    struct reject why;
    const char *name;
    bool fine = templates_add(t, "card", S("[{{title}}]"), &why) &&
                templates_add(t, "tree", S("({{name}}{{#in}}{{>tree}}{{/in}})"), &why) &&
                templates_add(t, "lines", S("1\n{{title}}\n\n2\n"), &why) &&
                templates_add(t, "outer", S("<\n  {{>lines}}\n>\n"), &why) &&
                templates_add(t, "page", span_of(source), &why) && templates_link(t, &why, &name);
    if (!fine) printf("# %u:%u %.*s\n", why.line, why.column, FMT(why.why));
    return fine ? template_render(t, "page", r, a) : (struct html){S("(refused)")};
}

static struct record *sample(struct arena *a)
{
    struct record *r = record_new(a);
    record_text(r, "title", S("A & B"));
    record_text(r, "site", S("Daily"));
    record_text(r, "nothing", S(""));
    record_html(r, "body", html_clean(a, S("<p>x & y")));
    record_flag(r, "on", true);
    record_flag(r, "off", false);
    for (int i = 1; i <= 3; i++) {
        struct record *item = record_item(r, "stories");
        record_text(item, "title", arena_printf(a, "t%d", i));
        record_flag(item, "last", i == 3);
    }
    record_item_text(r, "tags", S("one"));
    record_item_text(r, "tags", S("t<o"));
    record_text(record_in(r, "picture"), "alt", S("\"alt\""));
    return r;
}

static void values(struct arena *a)
{
    static const struct {
        const char *source, *want;
    } cases[] = {
        {"", ""},
        {"plain { text }} stays", "plain { text }} stays"},
        {"<h1 id=\"{{ title }}\">{{unknown}}</h1>", "<h1 id=\"A &amp; B\"></h1>"},
        {"{{{body}}}|{{body}}|{{{unknown}}}", "<p>x &amp; y</p>|&lt;p&gt;x &amp;amp; y&lt;/p&gt;|"},
        {"{{#stories}}{{title}} of {{site}}{{^last}}, {{/last}}{{/stories}}",
            "t1 of Daily, t2 of Daily, t3 of Daily"},
        {"{{#tags}}<{{.}}>{{/tags}}", "<one><t&lt;o>"},
        {"{{#picture}}{{alt}} {{title}}{{/picture}}", "&quot;alt&quot; A &amp; B"},
        {"{{#title}}{{title}}={{.}}{{/title}}{{#nothing}}no{{/nothing}}", "A &amp; B=A &amp; B"},
        {"{{^nothing}}1{{/nothing}}{{^unknown}}2{{/unknown}}{{^title}}3{{/title}}{{^tags}}4{{/"
         "tags}}",
            "12"},
        {"{{#on}}{{title}}{{/on}}{{#off}}no{{/off}}{{^off}}off{{/off}}{{^on}}no{{/on}}",
            "A &amp; Boff"},
        {"{{#stories}}{{>card}}{{/stories}}{{> card }}", "[t1][t2][t3][A &amp; B]"},
        {"a{{! a comment }}b", "ab"},
        {"a\n  {{! alone }}  \nb", "a\nb"},
        {"<ul>\n  {{#stories}}\n  <li>{{title}}\n  {{/stories}}\n</ul>\n",
            "<ul>\n  <li>t1\n  <li>t2\n  <li>t3\n</ul>\n"},
        {"{{>card}}\r\nx {{#on}}\ny{{/on}}", "[A &amp; B]x \ny"},
        {"{{#on}}\n{{#on}}\nz\n{{/on}}\n{{/on}}", "z\n"},
        {"{{.}}{{#.}}no{{/.}}", ""},
        {"{{{title}}}{{&title}}|{{&body}}", "A &amp; BA &amp; B|<p>x &amp; y</p>"},
        {"{{picture.alt}}|{{picture.title}}|{{title.alt}}|{{nobody.alt}}", "&quot;alt&quot;|||"},
        {"{{#picture.alt}}1{{/picture.alt}}{{^picture.none}}2{{/picture.none}}", "12"},
        {"{{#stories}}{{picture.alt}}{{/stories}}",
            "&quot;alt&quot;&quot;alt&quot;&quot;alt&quot;"},
        {"{{=<% %>=}}<%site%> {{site}} <%={{ }}=%>{{site}}", "Daily {{site}} Daily"},
        {"{{=| |=}}|#stories||>card||/stories|", "[t1][t2][t3]"},
        {"a\n {{= | | =}}\nb |site|", "a\nb Daily"},
        {"a\n  {{>card}}\nb", "a\n  [A &amp; B]b"},
        {"a\n  {{>lines}}\nb", "a\n  1\n  A &amp; B\n  \n  2\nb"},
        {" {{>outer}}\n", " <\n   1\n   A &amp; B\n   \n   2\n >\n"},
        {"x {{>lines}}\n", "x 1\nA &amp; B\n\n2\n\n"},
    };
    struct record *r = sample(a);
    for (size_t i = 0; i < COUNT(cases); i++)
        check_span(rendered(a, cases[i].source, r).s, span_of(cases[i].want), "rendered");
}

static void replacing(struct arena *a)
{
    struct record *r = record_new(a);
    record_text(r, "x", S("1"));
    record_text(r, "x", S("2"));
    check_span(rendered(a, "{{x}}", r).s, S("2"), "a name set again is replaced");
    for (int i = 0; i < 300; i++) record_text(r, arena_cstr(a, arena_printf(a, "n%d", i)), S("v"));
    check_span(rendered(a, "{{n0}}{{n299}}{{n300}}{{x}}", r).s, S("vv2"), "many names");
    struct templates *t = templates_new(a);
    struct reject why;
    const char *name;
    check(templates_add(t, "p", S("old"), &why) && templates_add(t, "p", S("new"), &why) &&
              templates_link(t, &why, &name),
        "a template added again");
    check_span(template_render(t, "p", r, a).s, S("new"), "replaces the first");
}

static void depth(struct arena *a)
{
    struct record *r = record_new(a), *in = r;
    for (int i = 0; i < 20; i++) {
        record_text(in, "name", S("x"));
        in = record_in(in, "in");
        record_flag(in, "in", false);
    }
    check_span(rendered(a, "{{>tree}}", r).s, S("(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x(x))))))))))))))))"),
        "partials end at sixteen");
    char many[40 * 10 + 1] = "";
    for (int i = 0; i < 40; i++) strcat(many, "{{>page}}");
    check_span(rendered(a, many, r).s, S(""), "partials that multiply come to an end");
}

static void rejects(struct arena *a)
{
    static const struct {
        const char *source;
        uint32_t line, column;
    } cases[] = {
        {"a\n{{#x}}\nb", 2, 1},
        {"{{#x}}{{^y}}{{/y}}", 1, 1},
        {"a {{/x}}", 1, 3},
        {"{{#x}}\n  {{/y}}", 2, 3},
        {"\xC3\xA9\xC3\xA9{{x", 1, 3},
        {"{{{x}}", 1, 1},
        {"{{}}", 1, 1},
        {"{{a b}}", 1, 1},
        {"{{a.}}", 1, 1},
        {"{{.a}}", 1, 1},
        {"{{a..b}}", 1, 1},
        {"{{#a.b}}{{/a}}", 1, 9},
        {"{{=<%=}}", 1, 1},
        {"{{=<% % >=}}", 1, 1},
        {"{{=<= =>=}}", 1, 1},
        {"{{=<% %>=}}{{x}}\n<%#y%>", 2, 1},
        {"{{# }}", 1, 1},
        {"{{a\0b}}", 1, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct templates *t = templates_new(a);
        struct reject why;
        bool added = templates_add(t, "x", span_of(cases[i].source), &why);
        check(!added && why.line == cases[i].line && why.column == cases[i].column && why.why.n > 0,
            "refused at %u:%u: %.*s", why.line, why.column, FMT(why.why));
    }
    struct templates *t = templates_new(a);
    struct reject why;
    const char *name = NULL;
    check(templates_add(t, "a", S("x"), &why) && templates_add(t, "b", S("\n {{>c}}"), &why),
        "both compile");
    check(!templates_link(t, &why, &name) && why.line == 2 && why.column == 2 && name &&
              strcmp(name, "b") == 0,
        "an unknown partial is found by linking");
    char nested[40 * 6 + 1] = "";
    for (int i = 0; i < 40; i++) strcat(nested, "{{#x}}");
    check(!templates_add(t, "n", span_of(nested), &why) && why.column == 32 * 6 + 1,
        "sections too deep");
}

/* Runs f in a child; true: it aborted. */
static bool aborts(void (*f)(struct arena *), struct arena *a)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGABRT, SIG_DFL);
        close(2);
        f(a);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    return pid > 0 && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void unknown_page(struct arena *a)
{
    template_render(templates_new(a), "none", record_new(a), a);
}

static void fine_page(struct arena *a)
{
    rendered(a, "{{title}}", sample(a));
}

int main(void)
{
    struct arena *a = arena_new(8 << 20);
    values(a);
    replacing(a);
    depth(a);
    rejects(a);
    check(aborts(unknown_page, a), "an unknown page is a bug of ours");
    check(!aborts(fine_page, a), "a page is none");
    arena_free(a);
    return tap_end();
}
