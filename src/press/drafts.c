/* drafts: house pages to begin with, as they stand in themes/pages/LANGUAGE/NAME.draft: a line with
 * the title, then plain HTML. A theme does not change them. */
#include "press.h"
#include "theme_table.h"

static const char *const names[] = {"about", "contact", "terms", "privacy", "corrections-policy"};

static bool is_file(struct span file, struct span language, struct span name)
{
    struct span rest = file, part;
    return span_next(&rest, '/', &part) && span_eq(part, S("pages")) &&
           span_next(&rest, '/', &part) && span_eq(part, language) &&
           span_ends(rest, S(".draft")) && span_eq(span_cut(rest, 0, rest.n - 6), name);
}

static bool find(struct span language, struct span name, struct press_draft *out)
{
    for (size_t i = 0; i < theme_table_count; i++) {
        if (!is_file(span_of(theme_table[i].name), language, name)) continue;
        struct span rest = theme_table[i].bytes;
        out->name = name;
        if (!span_next(&rest, '\n', &out->title)) return false;
        out->html = rest;
        return true;
    }
    return false;
}

bool press_draft(struct span language, size_t index, struct press_draft *out)
{
    if (index >= COUNT(names)) return false;
    struct span name = span_of(names[index]);
    return find(language, name, out) || find(S("en"), name, out);
}
