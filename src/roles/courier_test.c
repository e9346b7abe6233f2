/* courier_test.c: what is news when it is handed over, and what is too old to be told. */
#include "courier.h"
#include "tap.h"

enum { HOUR = 3600000 };

int main(void)
{
    const int64_t came = INT64_C(1769148000000), day = COURIER_FRESH_MS;
    check(courier_is_fresh(came, came, came + day), "what came a day ago is news still");
    check(!courier_is_fresh(came, came, came + day + 1), "what came earlier is not");
    check(courier_is_fresh(came, came + 3 * day, came + 3 * day + HOUR),
        "what was embargoed for three days is news when it is released");
    check(!courier_is_fresh(came, came + 3 * day, came + 4 * day + 1), "and a day later no more");
    check(
        courier_is_fresh(came, 0, came + HOUR), "what has no such instant counts from its coming");
    return tap_end();
}
