/* mail_sender: whom a mail says it is from (RFC 5322, 3.6.2), and what the mailbox's own server
 * says of that (RFC 8601). From alone proves nothing: anybody may write it. Only what has one clear
 * reading is taken: a mail of two senders, or of none, is from nobody. Pure, linear. */
#include "poller.h"

#include <string.h>

enum { HEADER_BYTES_MAX = 256 << 10 };

/* ---- fields ---- */
static struct span next_line(struct span *rest)
{
    ptrdiff_t end = span_find_char(*rest, '\n');
    size_t n = end < 0 ? rest->n : (size_t)end + 1;
    struct span line = span_cut(*rest, 0, n);
    *rest = span_cut(*rest, n, rest->n);
    return line;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next field with the lines that it is folded over; false: the header ends. A line that is no
 * field has no name: one that begins blank belongs to what stood before it, whatever that was. */
static bool next_field(struct span *rest, struct span *name, struct span *value)
{
    struct span all = next_line(rest);
    if (!span_trim(all).n) return false;
    while (rest->n && (*rest->p == ' ' || *rest->p == '\t')) all.n += next_line(rest).n;
    ptrdiff_t colon = is_blank(*all.p) ? -1 : span_find_char(all, ':');
    *name = colon < 0 ? S("") : span_trim(span_cut(all, 0, (size_t)colon));
    *value = span_cut(all, (size_t)(colon + 1), all.n);
    return true;
}

/* A field's text without comments; of a quoted string a mark alone stays, so that nothing in it can
 * be taken for what stands around it. false: one of them has no end. */
static bool bare_text(struct arena *a, struct span value, struct span *out)
{
    char *p = arena_alloc(a, value.n + 1);
    size_t n = 0, depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' && (quoted || depth))
            i++;
        else if (quoted)
            quoted = c != '"';
        else if (depth)
            depth = c == '(' ? depth + 1 : c == ')' ? depth - 1 : depth;
        else if (c == '"') {
            quoted = true;
            p[n++] = '"';
        } else if (c == '(') {
            depth = 1;
            p[n++] = ' ';
        } else
            p[n++] = is_blank(c) ? ' ' : c;
    }
    *out = span_trim((struct span){p, n});
    return !quoted && !depth;
}

/* ---- From ---- */
static bool is_address(struct span s)
{
    size_t ats = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"(),:;<>[\\]", s.p[i])) return false;
        ats += s.p[i] == '@';
    }
    return ats == 1 && s.p[0] != '@' && s.p[s.n - 1] != '@';
}

/* "Name <address>" or "address", one of them. */
static bool one_address(struct arena *a, struct span value, struct span *out)
{
    struct span text;
    if (!bare_text(a, value, &text)) return false;
    ptrdiff_t open = span_find_char(text, '<');
    if (open >= 0) {
        bool is_list = span_find_char(span_cut(text, 0, (size_t)open), ',') >= 0;
        text = span_cut(text, (size_t)open + 1, text.n);
        if (is_list || !text.n || text.p[text.n - 1] != '>') return false;
        text = span_trim(span_cut(text, 0, text.n - 1));
    }
    *out = text;
    return is_address(text);
}

static bool sender_of(struct arena *a, struct span header, struct span *out)
{
    struct span name, value, from = S("");
    size_t count = 0;
    while (next_field(&header, &name, &value))
        if (span_eq_nocase(name, S("from"))) {
            from = value;
            count++;
        }
    return count == 1 && one_address(a, from, out);
}

/* "desk@agency.example", "*@agency.example" or "*". */
static bool fits(struct span pattern, struct span address)
{
    if (span_eq(pattern, S("*"))) return true;
    if (!span_starts(pattern, S("*@"))) return span_eq_nocase(pattern, address);
    ptrdiff_t at = span_find_char(address, '@');
    return at > 0 && span_eq_nocase(
                         span_cut(pattern, 1, pattern.n), span_cut(address, (size_t)at, address.n));
}

/* ---- Authentication-Results ---- */
static const char method[] = "dmarc";

static bool is_dmarc(struct span result)
{
    return span_starts_nocase(span_trim(result), span_of(method));
}

/* Of one that is_dmarc. */
static bool says_pass(struct span result)
{
    result = span_trim(result);
    result = span_trim(span_cut(result, sizeof method - 1, result.n));
    if (!span_starts(result, S("="))) return false;
    result = span_trim(span_cut(result, 1, result.n));
    return span_starts_nocase(result, S("pass")) && (result.n == 4 || result.p[4] == ' ');
}

/* The topmost field of this server: what stands below may have come with the mail. One that has no
 * end may be the server's own. All that it says of dmarc has to be the same. */
static bool is_proven(struct arena *a, struct span header, struct span server)
{
    struct span name, value, text, id, result;
    while (next_field(&header, &name, &value)) {
        if (!span_eq_nocase(name, S("authentication-results"))) continue;
        if (!bare_text(a, value, &text)) return false;
        if (!span_next(&text, ';', &id)) continue;
        ptrdiff_t version = span_find_char(id = span_trim(id), ' ');
        if (!span_eq_nocase(version < 0 ? id : span_cut(id, 0, (size_t)version), server)) continue;
        size_t said = 0, passed = 0;
        while (span_next(&text, ';', &result)) {
            if (!is_dmarc(result)) continue;
            said++;
            passed += says_pass(result);
        }
        return said && passed == said;
    }
    return false;
}

const char *mail_sender_refused(
    struct arena *a, struct span mail, const struct mail_senders *known, struct span *from_out)
{
    struct span header = span_cut(mail, 0, HEADER_BYTES_MAX);
    bool is_clear = sender_of(a, header, from_out), is_listed = false;
    if (!is_clear) *from_out = S("");
    for (size_t i = 0; i < known->count; i++)
        is_listed |=
            span_eq(known->list[i], S("*")) || (is_clear && fits(known->list[i], *from_out));
    if (!is_listed) return is_clear ? "it is not on the list" : "it names no one sender";
    if (known->server.n && !is_proven(a, header, known->server))
        return "the mailbox's server does not say dmarc=pass";
    return NULL;
}
