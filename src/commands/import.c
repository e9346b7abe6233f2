/* import: `broadsheet import wxr FILE`, `import redirects FILE`, `import --verify FILE`: the move
 * from another site. Works beside a running house; what it appends is published as everything else
 * is. */
#include "import.h"

#include <string.h>
#include <sysexits.h>

int import_open(struct import *m, const char *data)
{
    const char *why = NULL;
    int code = house_visit_or_say(&m->house, data);
    if (code != EX_OK) return code;
    m->batch_arena = arena_new(IMPORT_BATCH_ARENA);
    m->post_arena = arena_new(IMPORT_POST_ARENA);
    m->lists_arena = arena_new(IMPORT_LISTS_ARENA);
    m->file_arena = arena_new(IMPORT_FILE_ARENA);
    m->lists = map_new(m->lists_arena);
    struct config *c = NULL;
    enum result r = config_then(&m->house, FOREVER, &c, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet import: start the site once (broadsheet serve): %s\n", why);
        return EX_NOINPUT;
    }
    m->config = c;
    r = ledger_open(m->house.data, "import", false, &m->ledger, &why);
    if (r != OK) {
        fprintf(stderr, "broadsheet import: %s\n", why ? why : result_name(r));
        return exit_code(r);
    }
    if (store_look(m->house.store, &m->store, &why) != OK) m->store = NULL;
    return EX_OK;
}

void import_close(struct import *m)
{
    if (m->store) store_close(m->store);
    if (m->ledger) ledger_close(m->ledger);
    arena_free(m->batch_arena);
    arena_free(m->post_arena);
    arena_free(m->lists_arena);
    arena_free(m->file_arena);
    wxr_site_free(m->site);
    house_close(&m->house);
}

int command_import(int argc, char **argv)
{
    const char *verify = NULL, *rest[2];
    size_t count;
    struct import_words w = {.types = "post,page", .category_base = "category", .tag_base = "tag"};
    const struct option_row rows[] = {{"--data", &w.data}, {"--feed", &w.feed}, {"--wire", &w.wire},
        {"--types", &w.types}, {"--category-base", &w.category_base}, {"--tag-base", &w.tag_base},
        {"--meta-key", &w.key}, {"--agencies", &w.agencies}, {"--report", &w.report},
        {"--uploads", &w.uploads}, {"--verify", &verify}, {"--site", &w.site}};
    if (!options_read(argc, argv, rows, COUNT(rows), rest, COUNT(rest), &count)) return EX_USAGE;
    w.file = verify ? verify : count > 1 ? rest[1] : NULL;
    bool wxr = !verify && count && strcmp(rest[0], "wxr") == 0;
    bool table = !verify && count && strcmp(rest[0], "redirects") == 0;
    if (!w.file || (!verify && !wxr && !table) || (verify && count))
        return usage_error(
            "import", "import what? `wxr FILE`, `redirects FILE` or `--verify FILE`");
    if (verify && !w.site) return usage_error("import", "--site: where does the new site listen?");
    if (!verify && !w.data) return usage_error("import", "--data is missing");
    return verify ? import_verify(&w) : wxr ? import_wxr(&w) : import_redirects(&w);
}
