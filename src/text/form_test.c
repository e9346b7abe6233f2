#include "text.h"

#include "tap.h"

static struct arena *a;

static void is(const char *form, const char *agency, const char *byline, const char *want)
{
    struct form_place list[] = {{"agency", span_of(agency)}, {"byline", span_of(byline)}};
    check_span(form_fill(a, span_of(form), list, 2), span_of(want), form);
}

int main(void)
{
    struct span what = S("");
    static const char *const names[] = {"agency", "byline"};
    a = arena_new(1 << 20);
    is("{agency} / {byline}", "Coastal", "Ines Marlow", "Coastal / Ines Marlow");
    is("{agency}[ / {byline}]", "Coastal", "Ines Marlow", "Coastal / Ines Marlow");
    is("{agency}[ / {byline}]", "Coastal", "", "Coastal");
    is("[{byline} · ]{agency}", "Coastal", "", "Coastal");
    is("{agency} / {byline}", "Coastal", "", "Coastal /");
    is("({agency})[ a]", "Coastal", "", "(Coastal) a");
    is("{other} {agency", "Coastal", "x", "{other} {agency");
    is("a ] b [ c", "x", "y", "a ] b [ c");
    is("[{agency}", "x", "y", "[x");
    is("{agency}", "{byline}", "y", "{byline}");
    is("", "x", "y", "");
    check(!form_mistake(S("{agency}[ / {byline}]"), names, 2, &what), "all places are known");
    check(form_mistake(S("{agency} {bylin}"), names, 2, &what), "one is not");
    check_span(what, S("{bylin}"), "which");
    arena_free(a);
    return tap_end();
}
