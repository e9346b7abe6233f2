/* mailbox: one e-mail address as SMTP carries it (RFC 5321, 4.1.2 and 4.5.3.1), the plain form
 * alone: no quoted words, no address literal, and nothing but ASCII, so that it is its own form on
 * every server and can end no line and no field of a mail. Pure, linear. */
#include "text.h"

enum {
    LOCAL_MAX = 64,    /* RFC 5321, 4.5.3.1.1 */
    LABEL_MAX = 63,    /* RFC 1035, 2.3.4 */
    MAILBOX_MAX = 254, /* a path of 256 without its < > (RFC 5321, 4.5.3.1.3) */
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Words joined by single dots. */
static bool is_local(struct span s)
{
    if (!s.n || s.n > LOCAL_MAX || s.p[s.n - 1] == '.') return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool dot = c == '.' && i && s.p[i - 1] != '.';
        if (!dot && !is_letter(c) && !is_digit(c) &&
            span_find_char(S("!#$%&'*+-/=?^_`{|}~"), c) < 0)
            return false;
    }
    return true;
}

static bool is_label(struct span s, bool *has_letter)
{
    *has_letter = false;
    if (!s.n || s.n > LABEL_MAX || s.p[0] == '-' || s.p[s.n - 1] == '-') return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_letter(s.p[i]) && !is_digit(s.p[i]) && s.p[i] != '-') return false;
        *has_letter |= is_letter(s.p[i]);
    }
    return true;
}

/* At least two labels, and the last one is no number: it would be the end of an IP address. */
static bool is_domain(struct span s)
{
    struct span label;
    size_t labels = 0;
    bool has_letter = false;
    if (!s.n || s.p[s.n - 1] == '.') return false;
    while (s.n && span_next(&s, '.', &label)) {
        if (!is_label(label, &has_letter)) return false;
        labels++;
    }
    return labels >= 2 && has_letter;
}

bool text_is_mailbox(struct span s)
{
    ptrdiff_t at = span_find_char(s, '@');
    if (at < 0 || s.n > MAILBOX_MAX) return false;
    return is_local(span_cut(s, 0, (size_t)at)) && is_domain(span_cut(s, (size_t)at + 1, s.n));
}

struct span text_mailbox_owner(struct arena *a, struct span mailbox)
{
    ptrdiff_t at = span_find_char(mailbox, '@'), plus = span_find_char(mailbox, '+');
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < mailbox.n; i++) {
        char c = mailbox.p[i];
        if (plus > 0 && (ptrdiff_t)i >= plus && (ptrdiff_t)i < at) continue;
        buf_char(&b, c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c);
    }
    return buf_span(&b);
}
