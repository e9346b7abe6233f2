"""Breaks over the joints that matter most: what it is, where, the code that stands there once, what takes its place, and the test that must fail."""


def row(what, file, old, new, test): return {"what": what, "file": file, "from": old, "to": new, "test": test}


MUTANTS = [
    row("a push's nonce is not remembered", "src/transport/push.c", ".name == name) return PUSH_REPLAYED;", ".name == name) return PUSH_OK;", "transport-push"),
    row("a nonce is forgotten after one window", "src/transport/push.c", ".at_ms + 2 * PUSH_WINDOW_MS < now_ms", ".at_ms + PUSH_WINDOW_MS < now_ms", "transport-push"),
    row("a key file may be read by others", "src/transport/push.c", "if (st.st_mode & 077)", "if (st.st_mode & 002)", "transport-push"),
    row("the desk forgets a kill after 60 s", "src/desk/kills.c", ".lifted_ms = FOREVER", ".lifted_ms = kill.at_ms + 60000", "rehearse K1-kill"),
    row("the tombstones forget a kill after 60 s", "src/ledger/tombstones.c", "bool dead = tomb_set_dead(&t->set, story);",
        "extern int64_t clock_now_ms(void); struct tomb f[8]; bool dead = tomb_set_dead(&t->set, story) && "
        "(!tomb_set_of(&t->set, story, f, 8) || clock_now_ms() - f[0].at_ms < 60000);", "ledger-tombstones"),
    row("a copy's valid_until is ignored", "src/site/cache.c", "if (now_ms >= e->valid_until_ms || !keys_stand(s, e))", "if (!keys_stand(s, e))", "site-cache"),
    row("the same, seen from outside", "src/site/cache.c", "if (now_ms >= e->valid_until_ms || !keys_stand(s, e))", "if (!keys_stand(s, e))", "site-site"),
    row("a bump of a key is ignored", "src/site/cache.c", "!= e->generations[i]) return false;", "!= e->generations[i]) return true;", "site-cache"),
    row("a page that was overtaken while it was made is kept", "src/site/site.c", "if (!still || p->no_store", "if (p->no_store", "site-site"),
    row("a tombstone does not end a copy", "src/site/cache.c", "if (has_dead(s, e)) return false;", "", "site-cache"),
    row("a tombstone is ignored by the site's view", "src/store/schema.c", " AND NOT bs_dead(s.id)\"", "\"", "site-site"),
    row("a purge takes nothing", "src/site/cache.c", "if (all || shows_any(e, ids, n)) drop(sh, e);", "if (all) drop(sh, e);", "site-cache"),
    row("the cache has no bound", "src/site/cache.c", "while (sh->bytes > share &&", "while (sh->bytes > share * 1000 &&", "site-cache"),
    row("an embargo by timer alone", "src/store/schema.c", "\"+s.from_ms<=bs_now() AND +s.until_ms", "\"+s.until_ms", "rehearse E1-embargo-opens"),
    row("an expiry is not compared at read time", "src/store/schema.c", " AND +s.until_ms>bs_now()", "", "site-site"),
    row("an expiry is ignored by the desk", "src/desk/judge.c", "if (!when_utc(s->expires, fallback, &k->expires_ms)) k->expires_ms", "k->expires_ms", "rehearse R1-expiry"),
    row("search shows what is held", "src/store/schema.c", "\" WHERE \" IS_PUBLIC \";\"\n    \"CREATE VIEW public_popular", "\";\"\n    \"CREATE VIEW public_popular", "store-reader"),
    row("the sitemap lists what must not be indexed", "src/store/reader_list.c", "#define OF_INDEXABLE \"public_story WHERE noindex=0\"",
        "#define OF_INDEXABLE \"public_story WHERE 1=1\"", "press-sitemap"),
    row("one ETag for all codings", "src/site/head.c", "{\"\", \"-gz\", \"-br\"}", "{\"\", \"\", \"\"}", "site-head"),
    row("a coding that was forbidden is sent", "src/site/head.c", "if (!span_starts_nocase(q, S(\"q=0\"))) return true;", "return true;", "site-head"),
    row("a held story's 404 is another one", "src/site/site.c", "if (reader_gone(h->reader, r->ask.id, h->arena, &g) == OK) kind = answer_for(g.state, g.as_404);",
        "if (reader_gone(h->reader, r->ask.id, h->arena, &g) == OK) { kind = answer_for(g.state, g.as_404); if (kind == ANSWER_NOT_FOUND) kind = ANSWER_GONE; }", "site-site"),
    row("a replayed delivery is doubled", "src/ledger/append.c", "e->was_there_out = true;", "e->was_there_out = false;", "ledger-sqlite"),
    row("withheld is treated as usable", "src/desk/judge.c", "case STATUS_WITHHELD: why(j, WHY_WITHHELD, 0, S(\"\")); break;", "case STATUS_WITHHELD: break;", "rehearse K14-withheld"),
    row("an unknown status is treated as usable", "src/desk/judge.c", "default: why(j, WHY_STATUS_UNKNOWN, 0, s->status_literal); break;", "default: break;", "desk-cases"),
    row("a tombstone's checksum is not looked at", "src/ledger/tomb_file.c", " || get_le(in + 60, 4) != sum_of(in, 60)) return SLOT_DAMAGED;", ") return SLOT_DAMAGED;", "ledger-tombstones"),
    row("an embargo's zone is ignored", "src/desk/judge.c", "if (!when_utc(s->embargo, zone, &k->embargo_ms))", "if (!when_utc(s->embargo, zone_utc(), &k->embargo_ms))", "desk-cases"),
    row("an unreadable embargo is none", "src/desk/judge.c", "case WHEN_UNREADABLE: why(j, WHY_EMBARGO_UNREADABLE, 0, S(\"\")); break;", "case WHEN_UNREADABLE: break;",
        "rehearse E3-embargo-unreadable"),
    row("files are moved to done/ before they are durable", "src/roles/intake.c", "    r = ledger_append(in->ledger, events, count);",
        "    for (size_t i = 0; i < count; i++) (void)!folder_done(d->folder, &files[i]);\n    r = ledger_append(in->ledger, events, count);", "house disk"),
    row("the darkroom may start processes", "src/roles/cage.c", "SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)", "SCMP_A0(SCMP_CMP_MASKED_EQ, 0, 0)", "roles-cage"),
    row("web sees the whole data directory", "src/roles/cage.c", "fence_allow(&f, span_of(h->store), true);", "fence_allow(&f, span_of(h->data), true);", "roles-cage"),
    row("a peer's nonsense is not shut out", "src/roles/channel.c", "p->in.broken || (r != OK", "(r != OK", "roles-channel"),
    row("half a picture is made into one", "src/picture/scale.c", "&& picture_is_whole(bytes, type)", "", "picture-scale"),
    row("what a camera wrote stays in a rendition", "src/picture/scale.c", "\"strip\", TRUE", "\"strip\", FALSE", "picture-scale"),
]
