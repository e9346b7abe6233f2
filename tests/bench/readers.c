/* Measures what reading a delivery costs, whole: the frame to a caged reader, reading, packing, the
 * frame back, unpacking; against the bare tokeniser (expat, yajl) over the same bytes. In turns, in
 * processor time of both processes. Not a test, prints figures only. Run by tests/bench/run.py
 * readers; by hand: bench-readers xml|json NAME FILE... */
#include "roles.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>

enum { ROUNDS = 15, ROUND_MS = 150, ANSWER_MS = 20000, OWN_BYTES = 64 << 20 };

static struct arena *kept, *step, *own; /* own: as a reader has it, in memory that stays */
static struct span *files;
static size_t file_count, bytes_in_all;
static pid_t reader;
static int door;
static bool is_xml;

/* ---- bare tokenisers ---- */
static void on_start(void *with, const char *name, const char **attrs)
{
    (void)with, (void)name, (void)attrs;
}

static void on_end(void *with, const char *name)
{
    (void)with, (void)name;
}

static void on_text(void *with, const char *text, int n)
{
    (void)with, (void)text, (void)n;
}

static void bare_xml(struct span bytes)
{
    XML_Parser p = XML_ParserCreate(NULL);
    must(p);
    XML_SetElementHandler(p, on_start, on_end);
    XML_SetCharacterDataHandler(p, on_text);
    (void)XML_Parse(p, bytes.p, (int)bytes.n, 1);
    XML_ParserFree(p);
}

static int on_nothing(void *with)
{
    (void)with;
    return 1;
}

static int on_bool(void *with, int v)
{
    (void)with, (void)v;
    return 1;
}

static int on_bytes(void *with, const char *p, size_t n)
{
    (void)with, (void)p, (void)n;
    return 1;
}

static int on_string(void *with, const unsigned char *p, size_t n)
{
    (void)with, (void)p, (void)n;
    return 1;
}

static void bare_json(struct span bytes)
{
    static const yajl_callbacks calls = {.yajl_null = on_nothing,
        .yajl_boolean = on_bool,
        .yajl_number = on_bytes,
        .yajl_string = on_string,
        .yajl_start_map = on_nothing,
        .yajl_map_key = on_string,
        .yajl_end_map = on_nothing,
        .yajl_start_array = on_nothing,
        .yajl_end_array = on_nothing};
    yajl_handle h = yajl_alloc(&calls, NULL, NULL);
    must(h);
    (void)yajl_parse(h, (const unsigned char *)bytes.p, bytes.n);
    (void)yajl_complete_parse(h);
    yajl_free(h);
}

/* ---- the whole way ---- */
static void whole(struct span bytes)
{
    static const struct wire_hint none;
    struct wire_result result;
    arena_reset(step);
    must(frame_write(door, MSG_READ, ask_pack(step, bytes, &none)) == OK);
    must(reader_take(step, door, ANSWER_MS, &result) == OK && result.end == WIRE_STORIES);
}

/* ---- its parts ---- */

/* The frames alone: what no reader knows comes back at once. */
static void trip(struct span bytes)
{
    static const struct wire_hint none;
    struct wire_result result;
    (void)bytes;
    arena_reset(step);
    must(frame_write(door, MSG_READ, ask_pack(step, S("<x/>"), &none)) == OK);
    must(reader_take(step, door, ANSWER_MS, &result) == OK && result.end == WIRE_UNKNOWN);
}

static void tree(struct span bytes)
{
    struct reject reject;
    arena_reset(own);
    if (is_xml)
        (void)xml_parse(own, bytes, &reject);
    else
        (void)json_parse(own, bytes, &reject);
}

static void reading(struct span bytes)
{
    struct wire_result result;
    arena_reset(own);
    wire_read(own, bytes, NULL, &result);
}

static void packing(struct span bytes)
{
    struct wire_result result;
    arena_reset(own);
    wire_read(own, bytes, NULL, &result);
    (void)result_pack(own, &result);
}

static void unpacking(struct span bytes)
{
    struct wire_result result, again;
    arena_reset(own);
    arena_reset(step);
    wire_read(own, bytes, NULL, &result);
    must(result_unpack(step, result_pack(own, &result), &again));
}

/* ---- measuring ---- */
static double seconds_of(clockid_t clock)
{
    struct timespec t;
    must(clock_gettime(clock, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_s(void)
{
    clockid_t of_reader;
    must(clock_getcpuclockid(reader, &of_reader) == 0);
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID) + seconds_of(of_reader);
}

/* MB a second of processor. */
static double rate(void (*way)(struct span))
{
    double from = cpu_s(), spent = 0;
    size_t rounds = 0;
    for (; spent < ROUND_MS / 1000.0; rounds++, spent = cpu_s() - from)
        for (size_t i = 0; i < file_count; i++) way(files[i]);
    return (double)bytes_in_all * (double)rounds / spent / 1e6;
}

/* Microseconds a delivery. */
static double us_of(void (*way)(struct span))
{
    return (double)bytes_in_all / (double)file_count / rate(way);
}

/* Each part holds those before it; what a part adds is the difference. */
static void print_parts(void)
{
    double taken = us_of(reading), packed = us_of(packing);
    printf("  us a delivery: bare %.1f; frames alone %.1f, tree %.1f, the rest of reading +%.1f, "
           "packing +%.1f, unpacking +%.1f; whole %.1f\n",
        us_of(is_xml ? bare_xml : bare_json), us_of(trip), us_of(tree), taken - us_of(tree),
        packed - taken, us_of(unpacking) - packed, us_of(whole));
}

static int by_size(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

static size_t reader_peak_kb(void)
{
    char path[64], line[256];
    size_t kb = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)reader);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "VmHWM: %zu", &kb) == 1) break;
    if (f) fclose(f);
    return kb;
}

/* Only what our reader takes: a refused file is no work. */
static void load(const char *path)
{
    struct wire_result result;
    struct span bytes;
    if (file_read(kept, path, (size_t)48 << 20, &bytes) != OK) return;
    wire_read(step, bytes, NULL, &result);
    bool taken = result.end == WIRE_STORIES && result.count;
    arena_reset(step);
    if (!taken) return;
    files[file_count++] = bytes;
    bytes_in_all += bytes.n;
}

int main(int argc, char **argv)
{
    double ratios[ROUNDS], wholes[ROUNDS], bares[ROUNDS];
    if (argc < 4) return 64;
    kept = arena_new((size_t)1 << 30);
    step = arena_new((size_t)1 << 30);
    void *memory = calloc(1, OWN_BYTES); /* pages come as they are touched */
    must(memory);
    own = arena_on(memory, OWN_BYTES);
    files = calloc((size_t)argc, sizeof *files);
    must(files);
    charset_prepare();
    for (int i = 3; i < argc; i++) load(argv[i]);
    if (!file_count) return 66;
    must(reader_fork(&reader, &door) == OK);
    is_xml = strcmp(argv[1], "xml") == 0;
    void (*bare)(struct span) = is_xml ? bare_xml : bare_json;
    for (int i = 0; i < ROUNDS; i++) {
        bares[i] = rate(bare);
        wholes[i] = rate(whole);
        ratios[i] = wholes[i] / bares[i];
    }
    qsort(ratios, ROUNDS, sizeof *ratios, by_size);
    qsort(wholes, ROUNDS, sizeof *wholes, by_size);
    qsort(bares, ROUNDS, sizeof *bares, by_size);
    printf("%-16s %4zu files %7.1f KB  whole %7.1f MB/s  bare %7.1f MB/s  ratio %.2f (%.2f to %.2f)"
           "  reader's peak %zu MB\n",
        argv[2], file_count, (double)bytes_in_all / 1000, wholes[ROUNDS / 2], bares[ROUNDS / 2],
        ratios[ROUNDS / 2], ratios[0], ratios[ROUNDS - 1], reader_peak_kb() / 1024);
    print_parts();
    close(door);
    return 0;
}
