/* public: the folder public/ beside the site file: files that others look for at a site's root
 * (ads.txt, .well-known/security.txt, files that prove whose site it is). Read once by the master,
 * at the start and at a reload, to a pack of bytes: the web may not see the folder. No link is
 * followed, nothing outside of it is read, and no file takes an address of the site's own. */
#include "roles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct looking {
    struct arena *a;
    struct buf *pack, *said;
    const char *folder;
    size_t count;
    bool bad;
};

static void refuse(struct looking *l, struct span name, const char *why)
{
    buf_printf(l->said, "%s/%.*s: %s\n", l->folder, FMT(name), why);
    l->bad = true;
}

/* Letters, digits, ".", "_" and "-": what needs no escape in an address. */
static bool is_plain_name(const char *s)
{
    size_t n = strlen(s);
    if (!n || n > PUBLIC_NAME_MAX) return false;
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

static void take_file(struct looking *l, int dir, const char *file, struct span name)
{
    struct stat st;
    int fd = openat(dir, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    struct span path = arena_printf(l->a, "/%.*s", FMT(name));
    char *bytes = NULL;
    ssize_t n = -1;
    if (fd < 0)
        refuse(l, name, errno == ELOOP ? "links are not followed" : strerror(errno));
    else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        refuse(l, name, "is no file");
    else if (st.st_size > PUBLIC_FILE_BYTES)
        refuse(l, name, "is over 512 kB");
    else if (++l->count > PUBLIC_FILES_MAX || l->pack->n + (size_t)st.st_size > PUBLIC_BYTES)
        refuse(l, name, "is one too many: 100 files and 4 MB in all may be there");
    else if (site_is_own_path(l->a, path))
        refuse(l, name, "would take the place of a page of the site");
    else {
        bytes = arena_alloc(l->a, (size_t)st.st_size + 1);
        n = pread(fd, bytes, (size_t)st.st_size, 0);
        if (n != st.st_size) refuse(l, name, "cannot be read");
    }
    if (fd >= 0) close(fd);
    if (!bytes || n < 0) return;
    put_span(l->pack, name);
    put_span(l->pack, (struct span){bytes, (size_t)n});
}

/* One level: the folder itself, below "" ; or .well-known. */
static void take_folder(struct looking *l, int fd, const char *below)
{
    DIR *d = fdopendir(fd);
    must(d);
    for (struct dirent *e; (e = readdir(d));) {
        bool well_known = !*below && !strcmp(e->d_name, ".well-known");
        struct span name = arena_printf(l->a, "%s%s", below, e->d_name);
        if (e->d_name[0] == '.' && !well_known) continue;
        int inner = well_known ? openat(dirfd(d), e->d_name,
                                     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                               : -1;
        if (inner >= 0)
            take_folder(l, inner, ".well-known/");
        else if (well_known)
            refuse(l, name, "is no folder");
        else if (!is_plain_name(e->d_name))
            refuse(l, name, "has a name that needs escapes in an address");
        else
            take_file(l, dirfd(d), e->d_name, name);
    }
    closedir(d);
}

/* Without a site file there is no folder beside it. */
static const char *folder_of(struct arena *a, const struct config *c, const char *config_path)
{
    if (c->public_folder.n) return arena_cstr(a, c->public_folder);
    const char *slash = config_path ? strrchr(config_path, '/') : NULL;
    int beside = slash ? (int)(slash - config_path) + 1 : 0;
    return config_path ? arena_printf(a, "%.*spublic", beside, config_path).p : NULL;
}

bool public_read(struct arena *a, const struct config *c, const char *config_path,
    struct span *pack_out, struct buf *said)
{
    struct buf pack;
    const char *folder = folder_of(a, c, config_path);
    struct looking l = {.a = a, .pack = &pack, .said = said, .folder = folder};
    *pack_out = S("");
    if (!folder) return true;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT && !c->public_folder.n) return true;
    if (fd < 0) {
        buf_printf(said, "%s: %s\n", folder, strerror(errno));
        return false;
    }
    buf_init(&pack, a, 0);
    take_folder(&l, fd, "");
    *pack_out = buf_span(&pack);
    return !l.bad;
}

void public_take(struct arena *a, struct span pack, struct press_site *site)
{
    struct press_file *list = ARENA_ARRAY(a, struct press_file, PUBLIC_FILES_MAX);
    struct take in = take_of(pack);
    uint32_t n = 0;
    while (n < PUBLIC_FILES_MAX && in.p < in.end && !in.bad) {
        struct press_file f;
        f.name = take_span(&in); /* one by one: an initialiser's parts have no order */
        f.bytes = take_span(&in);
        if (!in.bad) list[n++] = f;
    }
    site->files = list;
    site->file_count = n;
}
