#include "base.h"

#include "tap.h"

static bool is(const char *text, const char *want)
{
    return span_eq(country_of(span_of(text)), span_of(want));
}

int main(void)
{
    check(is("GB", "GB") && is("ie", "IE") && is(" Us ", "US") && is("XK", "XK"),
        "codes in either case");
    check(is("AD", "AD") && is("ZW", "ZW"), "the first and the last");
    check(is("UK", "") && is("EU", "") && is("XX", "") && is("T1", "") && is("AP", ""),
        "what looks like a country and is none");
    check(is("DA", "") && is("BC", ""), "no code lies across two");
    check(is("", "") && is("G", "") && is("GBR", "") && is("GB,IE", "") && is("G\0B", ""),
        "nor is anything longer or shorter");
    return tap_end();
}
