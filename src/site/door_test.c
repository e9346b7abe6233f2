/* Who is led to the site's own address, and who is not. */
#include "site_kit.h"

static bool is_led(struct span host, bool is_plain, struct span target, struct site_answer *out)
{
    struct site_ask ask = {.method = HTTP_GET, .path = target, .arena = kit_arena};
    struct site_knock k = {.host = host, .target = target, .is_plain = is_plain};
    return site_door(kit_hand, &ask, &k, out);
}

static void test_leading(void)
{
    struct site_answer a;
    check(!is_led(S("www.kit.example"), true, S("/"), &a),
        "a site that does not want it leads nobody");
    kit_press_site.leads_home = true;
    check(is_led(S("kit.example"), true, S("/a?b"), &a) && a.status == 301 &&
              span_find(a.head, S("Location: https://kit.example/a?b\r\n")) >= 0,
        "without TLS");
    check(!is_led(S("kit.example"), false, S("/"), &a), "not who is there already");
    check(is_led(S("WWW.Kit.example:443"), false, S("/"), &a), "with www, port and case apart");
    check(!is_led(S("kit.example:8443"), false, S("/"), &a), "a port is no other name");
    check(!is_led(S("kit.example.evil"), false, S("/"), &a) &&
              !is_led(S("wwwkit.example"), false, S("/"), &a) && !is_led(S(""), false, S("/"), &a),
        "no other name, and none");
    check(!is_led(S("kit.example"), true, S("*"), &a), "what is no address");
    kit_press_site.url = S("https://www.kit.example:8443");
    check(is_led(S("kit.example:8443"), false, S("/x"), &a) &&
              span_find(a.head, S("Location: https://www.kit.example:8443/x\r\n")) >= 0,
        "the bare name leads to www where that is the site's");
    kit_press_site.url = S("http://kit.example");
    check(!is_led(S("kit.example"), true, S("/"), &a), "a site without TLS leads nobody to it");
    check(is_led(S("www.kit.example"), true, S("/"), &a), "but to its name");
}

static void test_hsts(void)
{
    check_span(site_hsts(kit_hand, kit_arena), S(""), "no HSTS where it is not configured");
    kit_press_site.hsts = S("max-age=60");
    check_span(site_hsts(kit_hand, kit_arena), S("Strict-Transport-Security: max-age=60\r\n"),
        "and one line where it is");
}

int main(void)
{
    kit_start("");
    test_leading();
    test_hsts();
    return kit_end();
}
