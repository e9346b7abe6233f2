/* spare: a second house that follows the first: its ledger and its tombstones, event by event, so
 * that it can take the first one's place. It asks; nothing listens. It never serves: DATA/spare
 * stands until `promote`, and every other verb refuses a folder that has it. What comes is checked
 * before it is kept (ledger_land). */
#include "follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum {
    SILENT_MS = 15000,     /* a house that says nothing for so long is asked anew */
    AGAIN_FIRST_MS = 1000, /* then twice as long each time */
    AGAIN_MAX_MS = 10000,
    LAND_ROWS_MAX = 256, /* a commit */
    LAND_BYTES_MAX = 8 << 20,
    LAND_ARENA = 128 << 20,
    WORDS_MAX = 32, /* of the command that reaches the house */
};

struct spare {
    const char *from, *data;
    char *words[WORDS_MAX]; /* what is run to reach it */
    struct arena *a, *rows;
    struct arena *file, *named; /* for what comes of a file; for names */
    struct tombs *tombs;
    struct ledger *copy;
    struct span pending[LAND_ROWS_MAX];
    size_t pending_count, pending_bytes;
    struct spare_state state;
    int lock, state_fd;
    bool is_refused, is_whole;
    struct buf coming;  /* the file of which pieces come */
    struct span names;  /* of what stands beside the house's ledger, as they came */
    struct hash lacked; /* of those names for which all files were asked for again */
    bool has_files_to_see, wants_all_files;
};

/* ---- how the house is reached ---- */
/* Its name goes to a shell over there. */
static bool is_plain(const char *s)
{
    return *s && *s != '-' &&
           strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@:[]") ==
               strlen(s);
}

static bool add_word(struct spare *s, size_t *n, const char *word)
{
    if (*n >= WORDS_MAX - 1) return false;
    s->words[(*n)++] = (char *)(uintptr_t)word;
    return true;
}

/* ssh://[USER@]HOST[:PORT]/FOLDER */
static bool reach_by_ssh(struct spare *s, const char *ssh)
{
    char *host = arena_cstr(s->a, span_of(s->from + strlen("ssh://"))), *save = NULL;
    const char *fixed[] = {
        "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "ServerAliveInterval=5", "-T"};
    size_t n = 0;
    bool fits = true;
    char *path = strchr(host, '/');
    if (!path || !is_plain(host)) return false;
    const char *there = arena_printf(s->a, "exec broadsheet backup --follow --data %s", path).p;
    *path = 0;
    char *port = strrchr(host, ':');
    for (char *w = strtok_r(arena_cstr(s->a, span_of(ssh)), " ", &save); w;
         w = strtok_r(NULL, " ", &save))
        fits &= add_word(s, &n, w);
    for (size_t i = 0; i < COUNT(fixed); i++) fits &= add_word(s, &n, fixed[i]);
    if (port && strspn(port + 1, "0123456789") == strlen(port + 1)) {
        *port = 0;
        fits &= add_word(s, &n, "-p") && add_word(s, &n, port + 1);
    }
    return fits && add_word(s, &n, "--") && add_word(s, &n, host) && add_word(s, &n, there);
}

/* A folder of this machine. */
static bool reach_here(struct spare *s)
{
    const char *words[] = {"/proc/self/exe", "backup", "--follow", "--data", s->from};
    size_t n = 0;
    bool fits = true;
    for (size_t i = 0; i < COUNT(words); i++) fits &= add_word(s, &n, words[i]);
    return fits;
}

static pid_t start(struct spare *s, int *fd_out)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        signal(SIGPIPE, SIG_DFL);
        execvp(s->words[0], s->words);
        fprintf(stderr, "broadsheet spare: %s cannot be run: %s\n", s->words[0], strerror(errno));
        _exit(EX_UNAVAILABLE);
    }
    close(ends[1]);
    *fd_out = ends[0];
    if (pid < 0) close(ends[0]);
    return pid;
}

/* ---- what comes ---- */
static void note(struct spare *s)
{
    char line[96];
    int n = snprintf(line, sizeof line, "%20llu %20llu %20lld\n", (unsigned long long)s->state.pos,
        (unsigned long long)s->state.head, (long long)s->state.heard_ms);
    if (pwrite(s->state_fd, line, (size_t)n, 0) != n)
        log_warn("spare: how far it is cannot be noted: %s", strerror(errno));
}

static enum result land(struct spare *s)
{
    enum result r = s->pending_count ? ledger_land(s->copy, s->pending, s->pending_count) : OK;
    if (r == OK) s->state.pos += s->pending_count;
    s->pending_count = s->pending_bytes = 0;
    arena_reset(s->rows);
    return r;
}

static enum result take_row(struct spare *s, struct span row)
{
    s->pending[s->pending_count++] = arena_keep(s->rows, row);
    s->pending_bytes += row.n;
    return s->pending_count == LAND_ROWS_MAX || s->pending_bytes >= LAND_BYTES_MAX ? land(s) : OK;
}

static enum result take_tombs(struct spare *s, struct span body)
{
    struct take t = take_of(body);
    struct tomb tomb;
    enum result r = OK;
    while (r == OK && !take_done(&t)) {
        if (!follow_take_tomb(&t, &tomb)) return ERR_CORRUPT;
        r = tombs_add(s->tombs, &tomb, 1, NULL);
    }
    return r;
}

static enum result take_forgotten(struct spare *s, struct span body)
{
    enum result r = land(s);
    size_t n = body.n / 8, missing = 0;
    uint64_t *list = ARENA_ARRAY(s->rows, uint64_t, n + 1);
    struct event e;
    struct take t = take_of(body);
    for (size_t i = 0; i < n && r == OK; i++) {
        uint64_t pos = take_u64(&t);
        r = ledger_event(s->copy, pos, &e, s->rows);
        if (r == OK && !e.forgotten) list[missing++] = pos;
    }
    if (r == OK && missing) r = ledger_forget_all(s->copy, list, missing);
    return r;
}

/* ---- what stands beside the ledger ---- */
static enum result take_names(struct spare *s, struct span body)
{
    struct take t = take_of(body);
    struct beside *list = NULL;
    size_t count = 0, cap = 0;
    enum result r = land(s);
    while (r == OK && !take_done(&t)) {
        const char *name = arena_cstr(s->rows, take_span(&t));
        if (t.bad || !beside_is(name)) return ERR_CORRUPT;
        *ARENA_PUSH(s->rows, list, count, cap) = (struct beside){.name = name};
    }
    arena_reset(s->named);
    s->names = arena_keep(s->named, body);
    s->has_files_to_see = true;
    return r == OK ? beside_drop_others(s->rows, s->data, list, count) : r;
}

/* A file that came back has its old time: then all are asked for again, once for these names. */
static enum result look_for_files(struct spare *s)
{
    struct take t = take_of(s->names);
    bool lacks = false;
    if (!s->has_files_to_see) return OK;
    s->has_files_to_see = false;
    while (!take_done(&t) && !lacks)
        lacks = access(spare_file(s->rows, s->data, arena_cstr(s->rows, take_span(&t))), F_OK) != 0;
    struct hash names = hash_of(s->names);
    s->wants_all_files = lacks && memcmp(&names, &s->lacked, sizeof names) != 0;
    if (lacks) s->lacked = names;
    return s->wants_all_files ? ERR_CLOSED : OK;
}

/* Pieces come in their order, and a file whole before the next. */
static enum result take_file(struct spare *s, struct span body)
{
    struct take t = take_of(body);
    enum result r = land(s);
    const char *name = arena_cstr(s->rows, take_span(&t));
    int64_t at_ns = (int64_t)take_u64(&t);
    uint64_t whole = take_u64(&t), at = take_u64(&t);
    struct span piece = take_span(&t);
    if (r != OK) return r;
    if (!take_done(&t) || at_ns < 0 || !beside_is(name) || whole > BESIDE_FILE_MAX)
        return ERR_CORRUPT;
    if (!at) arena_reset(s->file);
    if (!at) buf_init(&s->coming, s->file, BESIDE_FILE_MAX + 1);
    if (s->coming.n != at || piece.n > whole - at) return ERR_CORRUPT;
    buf_put(&s->coming, piece);
    return s->coming.n == whole ? beside_write(s->data, name, buf_span(&s->coming), at_ns) : OK;
}

static enum result newest_beside(struct spare *s, int64_t *out)
{
    struct beside *list;
    size_t count;
    enum result r = beside_list(s->rows, s->data, &list, &count);
    *out = r == OK && count && !s->wants_all_files ? list[count - 1].at_ns : 0;
    return r;
}

static enum result take_whole(struct spare *s, struct span body)
{
    struct take t = take_of(body);
    uint64_t head = take_u64(&t);
    enum result r = land(s);
    if (r == OK && (t.bad || head != s->state.pos)) r = ERR_CORRUPT;
    if (r != OK) return r;
    if (!s->is_whole) log_info("spare: up to event %llu it is whole", (unsigned long long)head);
    s->is_whole = true;
    s->state.head = head;
    s->state.heard_ms = clock_now_ms();
    note(s);
    return look_for_files(s);
}

static enum result take_frame(struct spare *s, const struct frame *f)
{
    switch (f->type) {
    case FOLLOW_TOMBS: return take_tombs(s, f->body);
    case FOLLOW_ROW: return take_row(s, f->body);
    case FOLLOW_FORGET: return take_forgotten(s, f->body);
    case FOLLOW_WHOLE: return take_whole(s, f->body);
    case FOLLOW_NAMES: return take_names(s, f->body);
    case FOLLOW_FILE: return take_file(s, f->body);
    case FOLLOW_REFUSED:
        fprintf(stderr, "broadsheet spare: %s: %.*s\n", s->from, FMT(text_plain(s->a, f->body)));
        s->is_refused = true;
        return ERR_DENIED;
    default: return ERR_CORRUPT;
    }
}

static enum result listen_to(struct spare *s, int fd)
{
    struct inbox box;
    struct frame f;
    inbox_init(&box, fd);
    struct buf b;
    struct follow_ask ask;
    enum result r = ledger_mark(s->copy, UINT64_MAX, &ask.at);
    if (r == OK) r = newest_beside(s, &ask.beside_ns);
    s->state.pos = ask.at.pos;
    buf_init(&b, s->rows, 0);
    follow_put_ask(&b, &ask);
    if (r == OK) r = frame_send(fd, FOLLOW_ASK, buf_span(&b), -1, SILENT_MS);
    arena_reset(s->rows);
    while (r == OK) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, SILENT_MS) == 0) r = ERR_BUSY;
        if (r == OK) r = inbox_fill(&box);
        if (r == ERR_BUSY && p.revents) r = OK;
        while (r == OK && inbox_take(&box, &f)) r = take_frame(s, &f);
        if (r == OK && box.broken) r = ERR_CORRUPT;
    }
    inbox_close(&box);
    return r;
}

static enum result open_copy(struct spare *s)
{
    const char *why = "";
    enum result r = ledger_copy_open(spare_file(s->a, s->data, "ledger.db"), &s->copy, &why);
    if (r != OK) log_error("spare: %s/ledger.db: %s", s->data, why);
    return r;
}

/* One time of following, from the question to the break. What had come and is not kept is sent
 * again. */
static enum result follow_once(struct spare *s)
{
    int fd = -1;
    s->is_whole = s->has_files_to_see = false;
    s->coming = (struct buf){0};
    s->pending_count = s->pending_bytes = 0;
    arena_reset(s->rows);
    enum result r = open_copy(s);
    pid_t child = r == OK ? start(s, &fd) : -1;
    if (r == OK && child < 0) r = ERR_IO;
    if (r == OK) r = listen_to(s, fd);
    ledger_close(s->copy);
    s->copy = NULL;
    if (child <= 0) return r;
    kill(child, SIGTERM);
    waitpid(child, NULL, 0);
    return r;
}

static int follow(struct spare *s)
{
    for (int wait_ms = AGAIN_FIRST_MS;; wait_ms *= 2) {
        enum result r = follow_once(s);
        if (s->is_refused) return EX_DATAERR;
        if (r == ERR_NEWER) return exit_code(r);
        if (s->is_whole) wait_ms = AGAIN_FIRST_MS;
        if (wait_ms > AGAIN_MAX_MS) wait_ms = AGAIN_MAX_MS;
        log_warn("spare: %s: %s; asked again in %d s", s->from,
            r == ERR_CORRUPT ? "what came does not hold, or the copy here is damaged"
            : r == ERR_FULL  ? "the disk here is full"
            : r == ERR_BUSY  ? "nothing is heard of it"
                             : "the line has ended",
            wait_ms / 1000);
        usleep((useconds_t)wait_ms * 1000);
    }
}

/* ---- the folder ---- */
static int refuse_folder(struct spare *s, const char *why)
{
    fprintf(stderr, "broadsheet spare: %s: %s\n", s->data, why);
    return EX_USAGE;
}

/* The mark first: whatever is cut off, this is no site. */
static int make_folder(struct spare *s)
{
    const char *mark = spare_file(s->a, s->data, HOUSE_SPARE);
    bool is_site =
        access(spare_file(s->a, s->data, "ledger.db"), F_OK) == 0 && access(mark, F_OK) != 0;
    if (is_site) return refuse_folder(s, "there is a site in it; give a new folder");
    enum result r = dir_make(spare_file(s->a, s->data, "run"));
    if (r == OK) r = dir_lock(s->data, &s->lock);
    if (r == ERR_BUSY) return refuse_folder(s, "another process uses it");
    if (r == OK) r = file_write_durable(mark, arena_printf(s->a, "%s\n", s->from));
    if (r == OK)
        r = file_write_durable(
            spare_file(s->a, s->data, "version"), arena_printf(s->a, "%d\n", HOUSE_VERSION));
    if (r == OK)
        r = file_write_durable(
            spare_file(s->a, s->data, "run/pid"), arena_printf(s->a, "%d\n", (int)getpid()));
    if (r == OK) r = tombs_open(s->data, true, &s->tombs);
    s->state_fd = open(spare_file(s->a, s->data, "run/spare"), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (r == OK && s->state_fd < 0) r = ERR_IO;
    return r == OK ? EX_OK : keep_fail("spare", s->data, r);
}

static void open_spare(struct spare *s)
{
    s->a = arena_new(1 << 20);
    s->rows = arena_new(LAND_ARENA);
    s->file = arena_new(BESIDE_ARENA);
    s->named = arena_new(LAND_ARENA);
}

static void close_spare(struct spare *s)
{
    struct arena *all[] = {s->a, s->rows, s->file, s->named};
    for (size_t i = 0; i < COUNT(all); i++) arena_free(all[i]);
    if (s->tombs) tombs_close(s->tombs);
    if (s->state_fd >= 0) close(s->state_fd);
    if (s->lock >= 0) close(s->lock);
}

int command_spare(int argc, char **argv)
{
    const char *data = NULL, *from = NULL, *ssh = "ssh", *rest[1];
    size_t rest_count;
    const struct option_row rows[] = {
        {"--data", &data, NULL, true}, {"--from", &from, NULL, true}, {"--ssh", &ssh}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, 0, &rest_count)) return EX_USAGE;
    struct spare s = {.from = from, .data = data, .lock = -1, .state_fd = -1};
    open_spare(&s);
    bool by_ssh = strncmp(from, "ssh://", 6) == 0;
    if (!(by_ssh ? reach_by_ssh(&s, ssh) : reach_here(&s))) {
        close_spare(&s);
        return usage_error("spare", "--from: ssh://[USER@]HOST[:PORT]/FOLDER, or a folder");
    }
    signal(SIGPIPE, SIG_IGN);
    int code = make_folder(&s);
    if (code == EX_OK) code = follow(&s); /* ended by a signal: whatever is cut off holds */
    close_spare(&s);
    return code;
}
