/* demo_desk: the demonstration's desk: a free door on this machine alone, and one account whose
 * password is made up for this run. */
#include <stdio.h>
#include <unistd.h>

#include "wiredemo.h"

bool demo_desk_address(struct arena *a, char out[128])
{
    uint16_t port = 0;
    const char *why;
    int fd = -1;
    if (net_listen(S("127.0.0.1:0"), a, &fd, &port, &why) != OK) return false;
    close(fd);
    snprintf(out, 128, "127.0.0.1:%u", port);
    return true;
}

bool demo_desk_account(struct arena *a, const char *data, char password[16])
{
    struct accounts *c = NULL;
    const char *why;
    uint64_t secret;
    random_bytes(&secret, sizeof secret);
    struct span letters = base32(a, secret >> 4, 12);
    snprintf(password, 16, "%.4s-%.4s-%.4s", letters.p, letters.p + 4, letters.p + 8);
    struct account t = {.name = S("demo"), .role = DESK_CHIEF, .made_ms = clock_now_ms()};
    bool good = password_hash(span_of(password), t.hash) && accounts_open(data, &c, &why) == OK;
    good = good && accounts_add(c, &t) == OK;
    accounts_close(c);
    return good;
}
