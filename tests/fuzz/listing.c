/* Fuzzing of folders' lists from file servers: whatever they say, no name leads elsewhere, none
 * lies outside of the list, and what is read again is the same. */
#include "poll_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    static const int64_t now_ms = 1769148000000;
    static struct listed first[256], second[256];
    size_t counts[LISTED_UNKNOWN + 1];
    struct span s = {(const char *)p, n};
    size_t found = list_read(s, now_ms, first, COUNT(first), counts);
    must(found <= counts[LISTED_FILE]);
    for (size_t i = 0; i < found; i++) {
        struct span name = first[i].name;
        must(list_name_is_safe(name) && first[i].size >= 0);
        must(name.p >= s.p && name.p + name.n <= s.p + s.n);
        must(list_name_fits(S("*"), name) && list_name_fits(name, name));
    }
    must(list_read(s, now_ms, second, COUNT(second), counts) == found);
    for (size_t i = 0; i < found; i++) must(known_state(&first[i]) == known_state(&second[i]));
    return 0;
}
