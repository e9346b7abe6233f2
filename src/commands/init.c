/* init: `broadsheet init`: from nothing to a site that waits for its wire. Asks, writes (never over
 * what somebody has written), makes the first account, tries the feed's folder and the way of
 * alarms, and says what is missing. As root it writes for the service, whose user is the owner of
 * the data directory, and does the rest as that user: what works here works for the service. */
#include "desk_asked.h"
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

/* Where the package has its own. */
#define PACKAGE_TO "/etc/broadsheet"
#define PACKAGE_DATA "/var/lib/broadsheet"
#define PACKAGE_SPOOL "/var/spool/broadsheet"

enum { SITE_FILE_MAX = 1 << 20, INIT_ARENA = 16 << 20, PASSWORD_TRIES = 3 };

struct init {
    struct arena *a;
    struct init_flags flags;
    struct init_answers said;
    const char *to, *data, *account, *password_file;
    const char *site, *pages;    /* the file, the folder */
    const struct passwd *server; /* whom the service runs as; NULL: us */
    bool is_packaged, has_account, is_running, alarms_work;
};

/* ---- where ---- */
static bool place_it(struct init *s)
{
    struct stat st;
    s->is_packaged = !s->to && stat(PACKAGE_TO, &st) == 0;
    if (s->is_packaged) s->to = PACKAGE_TO;
    if (!s->to) return usage_error("init", "where? --to FOLDER"), false;
    char *whole = s->is_packaged || s->to[0] == '/' ? NULL : getcwd(NULL, 0);
    if (whole) s->to = arena_printf(s->a, "%s/%s", whole, s->to).p;
    free(whole);
    if (!s->data) s->data = s->is_packaged ? PACKAGE_DATA : arena_printf(s->a, "%s/data", s->to).p;
    s->flags.spool = s->is_packaged ? PACKAGE_SPOOL : s->to;
    s->site = arena_printf(s->a, "%s/site.yaml", s->to).p;
    s->pages = arena_printf(s->a, "%s/pages", s->to).p;
    bool is_others = geteuid() == 0 && stat(s->data, &st) == 0 && st.st_uid != 0;
    if (is_others) s->server = getpwuid(st.st_uid);
    if (is_others && !s->server)
        fprintf(stderr, "broadsheet init: %s belongs to user %u, whom nobody knows\n", s->data,
            st.st_uid);
    return !is_others || s->server;
}

/* The file that the package has put there, and nobody has touched, may go. */
static bool may_write(struct init *s)
{
    struct span there;
    enum result r = file_read(s->a, s->site, SITE_FILE_MAX, &there);
    const char *why = NULL;
    if (r == OK && !init_is_untouched(there))
        why = "it is there already, and stays as it is: edit it, or move it away first";
    else if (r != OK && r != ERR_ABSENT)
        why = "it is there, and cannot be read: `sudo broadsheet init`?";
    else if (access(s->to, F_OK) == 0 && access(s->to, W_OK) != 0)
        why = "its folder may not be written to: `sudo broadsheet init`?";
    if (why) fprintf(stderr, "broadsheet init: %s: %s\n", s->site, why);
    return !why;
}

/* ---- writing ---- */
/* The service reads it, and may not write to it. */
static bool hand_over(const struct init *s, const char *path, mode_t mode)
{
    if (!s->server) return true;
    if (chown(path, 0, s->server->pw_gid) == 0 && chmod(path, mode) == 0) return true;
    fprintf(
        stderr, "broadsheet init: %s cannot be given to the service: %s\n", path, strerror(errno));
    return false;
}

static bool hand_over_pages(const struct init *s)
{
    DIR *dir = opendir(s->pages);
    bool good = dir && hand_over(s, s->pages, 0750);
    for (struct dirent *e; good && (e = readdir(dir));)
        if (e->d_name[0] != '.')
            good = hand_over(s, arena_printf(s->a, "%s/%s", s->pages, e->d_name).p, 0640);
    if (dir) closedir(dir);
    return good;
}

/* The site file last: where something before it fails, init can be said again. */
static bool write_all_of_it(struct init *s)
{
    struct buf rows;
    buf_init(&rows, s->a, 0);
    pages_rows(&rows, "pages", s->said.language);
    if (dir_make(s->to) != OK) {
        fprintf(stderr, "broadsheet init: %s: %s\n", s->to, strerror(errno));
        return false;
    }
    if (pages_write(s->a, s->pages, s->said.language) != EX_OK || !hand_over_pages(s)) return false;
    if (file_write_durable(s->site, init_file(s->a, &s->said, buf_span(&rows))) != OK) {
        fprintf(stderr, "broadsheet init: %s: %s\n", s->site, strerror(errno));
        return false;
    }
    printf("\nwritten: %s, and drafts of house pages in %s\n", s->site, s->pages);
    return hand_over(s, s->site, 0640);
}

/* The file may be one that only we can read: from here on it is the standard input. */
static bool open_password(const struct init *s)
{
    if (!s->password_file || freopen(s->password_file, "r", stdin)) return true;
    fprintf(stderr, "broadsheet init: %s: %s\n", s->password_file, strerror(errno));
    return false;
}

/* ---- as the service ---- */
static bool become_the_service(const struct init *s)
{
    const struct passwd *p = s->server;
    if (!p) return true;
    if (initgroups(p->pw_name, p->pw_gid) == 0 && setgid(p->pw_gid) == 0 && setuid(p->pw_uid) == 0)
        return true;
    fprintf(stderr, "broadsheet init: cannot go on as %s: %s\n", p->pw_name, strerror(errno));
    return false;
}

static unsigned files_in(const char *path)
{
    unsigned n = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e; dir && (e = readdir(dir));)
        n += e->d_name[0] != '.' && e->d_type == DT_REG;
    if (dir) closedir(dir);
    return n;
}

/* Others than the service put files into it: by its group. */
static void make_folder(const char *path)
{
    if (access(path, F_OK) == 0 || dir_make(path) != OK) return;
    if (chmod(path, 02770) != 0) perror(path);
}

static bool try_feed(const struct init *s)
{
    const char *path = arena_cstr(s->a, s->said.folder);
    make_folder(path);
    if (access(path, R_OK | W_OK | X_OK) == 0) {
        printf("feed %.*s: %s can be read; %u files wait in it\n", FMT(s->said.feed), path,
            files_in(path));
        return true;
    }
    fprintf(stderr,
        "feed %.*s: %s: %s may not read it and move files in it (%s): give it to that user\n",
        FMT(s->said.feed), path, s->server ? s->server->pw_name : "this user", strerror(errno));
    return false;
}

/* editor@example.org signs in as editor. */
static struct span account_name(const struct init *s)
{
    if (s->account) return span_of(s->account);
    ptrdiff_t at = span_find_char(s->said.mail, '@');
    struct span name = at > 0 ? text_slug(s->a, span_cut(s->said.mail, 0, (size_t)at), 40) : S("");
    return account_name_fits(name) ? name : S("chief");
}

static void make_account(struct init *s)
{
    struct asked q = {.data = s->data, .role = "chief"};
    const char *why = NULL;
    q.words[0] = "account", q.words[1] = "add", q.words[2] = arena_cstr(s->a, account_name(s));
    q.count = 3;
    q.house.arena = s->a;
    q.house.data = s->data;
    if (!s->password_file && s->flags.yes) return;
    if (accounts_open(s->data, &q.accounts, &why) != OK) {
        fprintf(stderr, "broadsheet init: %s\n", why);
        return;
    }
    if (!s->password_file)
        printf("The desk's first account is “%s”. Its password, twice:\n", q.words[2]);
    int tries = s->password_file || !isatty(0) ? 1 : PASSWORD_TRIES;
    while (tries-- && !s->has_account) s->has_account = account_add(&q) == EX_OK;
    accounts_close(q.accounts);
}

/* A service that runs already, as behind the package's installation, takes the new file now. */
static void put_in_force(struct init *s)
{
    struct house h;
    struct span why;
    char *reload[] = {(char[]){"reload"}, (char[]){"--data"}, arena_cstr(s->a, span_of(s->data))};
    enum result r = house_visit(&h, s->data, &why);
    s->is_running = r == OK && house_pid(&h) && command_reload(COUNT(reload), reload) == EX_OK;
    if (s->is_running && s->said.mail.n) s->alarms_work = alarm_test(&h) == EX_OK;
    house_close(&h);
}

/* ---- what is missing, and what comes next ---- */
static void tell_account(const struct init *s)
{
    if (s->has_account) return;
    printf("  - an account for the desk: %s%s%sbroadsheet desk account add %.*s --role chief "
           "--data %s\n",
        s->server ? "sudo -u " : "", s->server ? s->server->pw_name : "", s->server ? " " : "",
        FMT(account_name(s)), s->data);
}

static void tell_alarms(const struct init *s)
{
    if (!s->said.mail.n)
        printf("  - alarms: nobody is told when a feed dies or a disk is full; `alarms:` in %s\n",
            s->site);
    else if (!s->alarms_work)
        printf("  - alarms: %s: broadsheet alarm test --data %s\n",
            s->is_running ? "the test did not arrive; mend the server under `alarms:`, then"
                          : "not tried yet; once the site runs",
            s->data);
}

static void tell_missing(const struct init *s)
{
    printf("\nMissing:\n");
    tell_account(s);
    tell_alarms(s);
    if (!s->said.url.n)
        printf("  - the site's address: `url:` in %s\n", s->site);
    else if (span_starts(s->said.url, S("https:")))
        printf("  - a certificate for %.*s: a proxy in front (examples in "
               "/usr/share/doc/broadsheet), or `server: tls:` in %s\n",
            FMT(s->said.url), s->site);
    printf("  - house pages: fill in every [[…]] in %s; a page is public once none is left\n"
           "  - search engines: they are kept out until you take `noindex: yes` out of %s\n",
        s->pages, s->site);
}

static void tell_next(const struct init *s)
{
    const char *as = s->server ? "sudo " : "";
    printf("\nNext:\n  %sbroadsheet check --config %s\n", as, s->site);
    if (s->is_running || s->is_packaged)
        printf("  %ssystemctl %s broadsheet\n", as, s->is_running ? "reload" : "restart");
    else
        printf("  broadsheet serve --data %s --config %s\n", s->data, s->site);
    printf("  put a wire file into %.*s: written elsewhere on that disk, then moved into it\n"
           "  http://127.0.0.1:8080/ is the site, http://127.0.0.1:8081/desk/ the desk\n",
        FMT(s->said.folder));
}

/* ---- the verb ---- */
static int begin(struct init *s)
{
    if (!place_it(s)) return EX_USAGE;
    if (s->account && !account_name_fits(span_of(s->account)))
        return usage_error("init", "--account: up to 40 of a-z, 0-9, dot, hyphen and underscore");
    if (!may_write(s)) return EX_CANTCREAT;
    if (!init_ask(s->a, &s->flags, &s->said)) return EX_USAGE;
    if (!open_password(s)) return EX_NOINPUT;
    if (!write_all_of_it(s)) return EX_CANTCREAT;
    if (!become_the_service(s)) return EX_NOPERM;
    bool can_read = try_feed(s);
    make_account(s);
    put_in_force(s);
    tell_missing(s);
    tell_next(s);
    bool wants_account = s->password_file || !s->flags.yes;
    return can_read && (s->has_account || !wants_account) ? EX_OK : EX_UNAVAILABLE;
}

int command_init(int argc, char **argv)
{
    struct init s = {0};
    const char *rest[1];
    size_t n;
    const struct option_row rows[] = {{"--to", &s.to}, {"--data", &s.data},
        {"--name", &s.flags.name}, {"--url", &s.flags.url}, {"--language", &s.flags.language},
        {"--timezone", &s.flags.timezone}, {"--agency", &s.flags.agency},
        {"--folder", &s.flags.folder}, {"--mail", &s.flags.mail},
        {"--mail-server", &s.flags.mail_server}, {"--account", &s.account},
        {"--password-file", &s.password_file}, {"--yes", NULL, &s.flags.yes}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &n)) return EX_USAGE;
    s.a = arena_new(INIT_ARENA);
    int code = begin(&s);
    arena_free(s.a);
    return code;
}
