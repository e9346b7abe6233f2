/* Fuzz: any bytes as a WordPress export. Reading never crashes and ends; what may be public is
 * certainly published; every body is clean: cleaning it again changes nothing. */
#include "archive.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum result on_item(
    void *with, struct arena *unused, const struct wxr_site *site, const struct wxr_item *i)
{
    int64_t since_ms;
    (void)with, (void)unused;
    if (post_why_not(i, S("post,page"), INT64_C(4000000000000), &since_ms)) return OK;
    must(span_eq(i->status, S("publish")) && !i->password.n && since_ms > 0);
    struct arena *a = arena_new((size_t)1 << 30);
    struct span guid = post_agency_guid(i, S("k"));
    const struct story *s =
        post_story(a, site, i, guid.n ? guid : post_own_guid(a, site, i), since_ms);
    must(span_eq(html_clean(a, s->body.s).s, s->body.s));
    arena_free(a);
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    struct reject why;
    struct wxr_hooks hooks = {on_item, NULL, NULL};
    int fd = memfd_create("export", MFD_CLOEXEC);
    must(fd >= 0 && write_all(fd, data, size) == OK);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    struct wxr_site *site = wxr_site_new();
    enum result r = wxr_read(path, site, &hooks, &why);
    must(r == OK || (r == ERR_CORRUPT && why.why.n));
    wxr_site_free(site);
    close(fd);
    return 0;
}
