/* Fuzz target: heads and chunks. Beyond not crashing: the verdict must not depend on
 * how the bytes are cut, every span must lie in the bytes given, and a head that was taken must
 * hold no byte that another reader could split it at. */
#include "net.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct http_head head, cut_head;

static bool lies_in(struct span s, struct span bytes)
{
    bool is_root = s.n == 1 && s.p[0] == '/'; /* an absolute target without a path */
    return s.n == 0 || is_root || (s.p >= bytes.p && s.p + s.n <= bytes.p + bytes.n);
}

static void check_head(struct span bytes)
{
    const struct http_request *r = &head.r;
    must(head.bytes <= bytes.n && head.bytes <= NET_HEAD_MAX);
    must(lies_in(r->method_text, bytes) && lies_in(r->target, bytes) && lies_in(r->path, bytes));
    must(lies_in(r->query, bytes) && lies_in(r->host, bytes) && r->path.n > 0);
    must(!(head.chunked && head.has_length));
    must(memchr(bytes.p, '\0', head.bytes) == NULL);
    for (size_t i = 0; i < head.bytes; i++) {
        if (bytes.p[i] == '\n') must(i > 0 && bytes.p[i - 1] == '\r');
        if (bytes.p[i] == '\r') must(i + 1 < head.bytes && bytes.p[i + 1] == '\n');
    }
    for (size_t i = 0; i < r->field_count; i++)
        must(lies_in(r->fields[i].name, bytes) && lies_in(r->fields[i].value, bytes) &&
             r->fields[i].name.n > 0);
}

static void try_head(struct span bytes, size_t cut)
{
    enum http_parse whole = http_parse_head(bytes, &head);
    if (whole == HTTP_DONE) check_head(bytes);
    if (whole == HTTP_BAD) must(head.bad_status >= 400 && head.bad_why != NULL);
    enum http_parse part = http_parse_head(span_cut(bytes, 0, cut), &cut_head);
    if (whole == HTTP_DONE) must(cut < head.bytes ? part == HTTP_MORE : part == HTTP_DONE);
    if (whole == HTTP_MORE) must(part == HTTP_MORE);
    if (part == HTTP_BAD) must(whole == HTTP_BAD);
}

static enum http_parse decode(
    struct span bytes, size_t cut, char *out, size_t *made_out, size_t *used_out)
{
    struct http_chunks c = {0};
    size_t used = 0, made = 0;
    memcpy(out, bytes.p, bytes.n);
    enum http_parse read = http_parse_chunks(&c, out, cut, &used, &made);
    *used_out = used;
    *made_out = made;
    if (read != HTTP_MORE) return read;
    read = http_parse_chunks(&c, out + cut, bytes.n - cut, &used, &made);
    memmove(out + *made_out, out + cut, made);
    *used_out += used;
    *made_out += made;
    must(c.total == *made_out);
    return read;
}

static void try_chunks(struct span bytes, size_t cut)
{
    char *a = malloc(bytes.n + 1), *b = malloc(bytes.n + 1);
    must(a && b);
    size_t made_a, made_b, used_a, used_b;
    enum http_parse whole = decode(bytes, bytes.n, a, &made_a, &used_a);
    enum http_parse part = decode(bytes, cut, b, &made_b, &used_b);
    must(whole == part && made_a == made_b && used_a == used_b && memcmp(a, b, made_a) == 0);
    must(used_a <= bytes.n && made_a <= used_a);
    free(a);
    free(b);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 2) return 0;
    size_t cut = (data[0] | (size_t)data[1] << 8) % (size - 1);
    char *copy =
        malloc(size - 2 ? size - 2 : 1); /* its own size, so that a look past the end is noticed */
    must(copy != NULL);
    memcpy(copy, data + 2, size - 2);
    struct span bytes = {copy, size - 2};
    if (cut > bytes.n) cut = bytes.n;
    try_head(bytes, cut);
    try_chunks(bytes, cut);
    free(copy);
    return 0;
}
