/* A small TAP harness: check(what is true, "what it means"); tap_end() in the end. Failures print
 * file and line. */
#ifndef TAP_H
#define TAP_H
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count, tap_failed;

__attribute__((unused, format(printf, 4, 5))) static bool tap_check(
    bool held, const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    tap_count++;
    printf("%sok %d - ", held ? "" : "not ", tap_count);
    vprintf(fmt, ap);
    printf("\n");
    va_end(ap);
    if (!held) {
        tap_failed++;
        printf("# %s:%d\n", file, line);
    }
    fflush(stdout);
    return held;
}
#define check(cond, ...) tap_check((cond), __FILE__, __LINE__, __VA_ARGS__)
#define check_span(got, want, what)                                                                \
    do {                                                                                           \
        struct span got_ = (got), want_ = (want);                                                  \
        if (!tap_check(got_.n == want_.n && (got_.n == 0 || memcmp(got_.p, want_.p, got_.n) == 0), \
                __FILE__, __LINE__, "%s", what))                                                   \
            printf("# want: %.*s\n# got:  %.*s\n", (int)want_.n, want_.p ? want_.p : "",           \
                (int)got_.n, got_.p ? got_.p : "");                                                \
    } while (0)

__attribute__((unused)) static void tap_skip(const char *what, const char *why)
{
    printf("ok %d - %s # SKIP %s\n", ++tap_count, what, why);
}

__attribute__((unused)) static int tap_end(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed ? 1 : 0;
}
#endif
