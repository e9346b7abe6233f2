#!/usr/bin/env python3
"""Faults planted one by one into a copy of the source: the battery must find each (./dev battery mutants).

usage: tests/battery/mutants.py [NAME...]

Each row: name, the rule that it breaks, the layer that must see it, schedules allowed, replacements (file, old, new)."""
import os, sys, time
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from planting import *

BUMP = ("src/roles/newsroom_work.c", "        keys_bump(n->keys, n->bumps[i]);", "        if (i > KEY_SLOTS) keys_bump(n->keys, n->bumps[i]);")
MUTANTS = [
    ("none", "", "tables", 60, []),
    ("kill is not obeyed", "K1", "tables", 200, [("src/desk/kills.c", "if (k->list[i].kill.at_ms <= at_ms && k->list[i].lifted_ms > at_ms) return true;",
        "if (k->list[i].kill.at_ms <= at_ms && k->list[i].lifted_ms > at_ms && k->list[i].version == SIZE_MAX) return true;")]),
    ("tombstone ignored by the cache, where a bump is lost too", "K1", "press", 200, [BUMP, ("src/site/cache.c", "    if (has_dead(s, e)) return false;", "    if (has_dead(s, e) && !e) return false;")]),
    ("key bump skipped", "K14", "press", 200, [BUMP]),
    ("release by timer only", "E1", "tables", 200, [("src/store/schema.c", '"+" s ".from_ms<=bs_now() AND +" s ".until_ms', '"+" s ".until_ms')]),
    ("cache keeps a page beyond its time", "E1, R1", "press", 300, [("src/site/cache.c", "if (now_ms >= e->valid_until_ms || !keys_stand(s, e)) return false;", "if (now_ms < 0 || !keys_stand(s, e)) return false;")]),
    ("filter forgotten in search", "D4", "tables", 200, [("src/store/schema.c", 'MATCHED("search") " WHERE " IS_PUBLIC ";"', 'MATCHED("search") " WHERE s.from_ms>0;"')]),
    ("filter forgotten in the sitemap", "E15", "tables", 200, [
        ("src/store/schema.c", '    "CREATE VIEW public_label AS', '    "CREATE VIEW sitemap_story AS SELECT " STORY_AND_BODY " FROM story s;"\n    "CREATE VIEW public_label AS'),
        ("src/store/reader_list.c", '#define OF_INDEXABLE "public_story WHERE noindex=0"', '#define OF_INDEXABLE "sitemap_story WHERE noindex=0"')]),
    ("lower version replaces the higher", "V1", "tables", 200, [("src/desk/rank.c", "    int c = cmp_numbers(a->story->version, b->story->version);\n    if (!c) c = cmp_gravity", "    int c = -cmp_numbers(a->story->version, b->story->version);\n    if (!c) c = cmp_gravity")]),
    ("lift without its kill", "K6", "tables", 400, [("src/desk/kills.c", "if (t->kind == ACT_LIFT) return by_desk || r->hit;", "if (t->kind == ACT_LIFT) return true;")]),
    ("withheld treated as usable", "K14", "tables", 200, [("src/desk/judge.c", "    case STATUS_WITHHELD: why(j, WHY_WITHHELD, 0, S(\"\")); break;", "    case STATUS_WITHHELD: break;")]),
    ("expiry ignored", "R1", "tables", 200, [("src/desk/judge.c", "if (!when_utc(s->expires, fallback, &k->expires_ms)) k->expires_ms = FOREVER;", "if (!when_utc(s->expires, fallback, &k->expires_ms) || fallback) k->expires_ms = FOREVER;")]),
    ("retention ignored", "R6", "tables", 400, [("src/desk/timeline.c", "if (!k->feed->retention_days) return end;", "if (k->feed) return end;")]),
    ("foreign feed obeyed", "T3", "tables", 400, [("src/desk/rank.c", "    if (!span_eq(*owner, k->v->feed)) {", "    if (!owner->p) {")]),
    ("pause ignored", "safeguards", "tables", 400, [("src/desk/desk.c", "    return span_eq(p->target, S(\"all\")) || span_eq(p->target, k->v->feed) ||", "    return span_eq(p->target, S(\"\")) &&")]),
    ("mint changes", "C6", "tables", 200, [("src/desk/mint.c", "    if (set->minted_from_ms <= t->last_ms) return !held && !ours && must_leave(d, t);", "    if (set->minted_from_ms <= t->last_ms) return !held && !slug_tells(d, v->headline);")]),
    ("address keeps an embargoed headline", "E5, C13", "tables", 400, [("src/desk/mint.c", "    if (v->interval.from_ms != set->minted_from_ms) return true;", "    if (v->was_public) return false;")]),
    ("unreadable embargo fails open", "E3", "tables", 400, [("src/desk/judge.c", "    case WHEN_UNREADABLE: why(j, WHY_EMBARGO_UNREADABLE, 0, S(\"\")); break;", "    case WHEN_UNREADABLE: break;")]),
    ("embargo without zone fails open", "E4", "tables", 600, [("src/desk/judge.c", "why(j, k->embargo_ms ? WHY_EMBARGO : WHY_EMBARGO_NO_ZONE, 0, S(\"\")); break;", "why(j, WHY_EMBARGO, 0, S(\"\")); break;")]),
    ("gone row tells of an embargo", "E15", "tables", 400, [("src/store/reader.c", "    return out->since_ms <= r->now_ms ? OK : ERR_ABSENT;", "    return OK;")]),
    ("what repeats a killed story is let through", "T4", "tables", 600, [("src/roles/newsroom_alike.c", "        if (of && !near_in(l->n, &l->set, &l->said, at_ms - 1, true))", "        if (of && !near_in(l->n, &l->set, &l->said, at_ms - 1, true) && !at_ms)")]),
    ("what repeated a story killed since is let through", "T4", "tables", 1500, [("src/roles/newsroom_alike.c", "    if (dead_ms) TRY(hold_copies(l, dead_ms));", "    if (dead_ms < 0) TRY(hold_copies(l, dead_ms));")]),
    ("struck from what had come only", "redaction", "tables", 400, [("src/desk/redact.c", "        versions[i].story = desk_strike_story(a, versions[i].sent, &set->struck);", "        if (versions[i].received_ms <= set->struck.at_ms)\n            versions[i].story = desk_strike_story(a, versions[i].sent, &set->struck);")]),
    ("struck from the text and not from keywords", "redaction", "tables", 200, [("src/desk/redact.c", "    strike_list(a, &s->keywords, &s->keyword_count, r);\n", "")]),
    ("shadow ignored", "T5", "tables", 400, [("src/roles/newsroom_limits.c", "        .mark = is_in_shadow(n, feed) ? MARK_SHADOW : MARK_NONE};", "        .mark = MARK_NONE};")]),
    ("limit of new stories ignored", "T5", "tables", 400, [("src/roles/newsroom_limits.c", "    if (many) row->mark = MARK_STORIES;", "    if (many && !row) row->mark = MARK_STORIES;")]),
    ("kill kept back by a mark", "T5, K1", "tables", 600, [("src/desk/kills.c", "        if (d->known[i].counts && d->set->versions[i].story->status == STATUS_CANCELED)", "        if (d->known[i].counts && !d->set->versions[i].mark &&\n            d->set->versions[i].story->status == STATUS_CANCELED)")]),
    ("what a rule drops is public", "rules", "tables", 600, [("src/desk/judge.c", "    if (r->action != WHY_PUBLISHED) why(j, r->action", "    if (r->action == WHY_RULE_HOLD) why(j, r->action")]),
    ("noindex forgotten in the sitemap", "rules", "tables", 400, [("src/store/reader_list.c", '#define OF_INDEXABLE "public_story WHERE noindex=0"', '#define OF_INDEXABLE "public_story WHERE noindex<2"')]),
    ("a package looks for a member where it no longer is", "P1", "tables", 1500, [("src/roles/newsroom_refs.c", "{REF_MEMBER, page_now(n, item), m->choice", "{REF_MEMBER, item, m->choice")]),
    ("a package's order is not kept", "P9", "tables", 300, [("src/roles/newsroom_refs.c", "const struct member *m = &s->members[i];", "const struct member *m = &s->members[s->member_count - 1 - i];")]),
    ("what is not public hides another agency's story", "V8", "tables", 3000, [("src/store/schema.c", '    IS_SHOWN("o")                                                                                  \\\n    " AND (o.pub', '    "1"                                                                                            \\\n    " AND (o.pub')]),
    ("one agency's two stories are put together", "V8", "tables", 600, [("src/roles/newsroom_also.c", "                span_eq(newsroom_provider(l->n, w->feed), l->provider))\n                continue;", "                span_eq(w->feed, S(\"\")))\n                continue;"),
        ("src/roles/newsroom_also.c", "    TRY(alike_find(l, ALIKE_ARRIVED, l->provider, since, &found));", "    TRY(alike_find(l, ALIKE_ARRIVED, S(\"\"), since, &found));"), ("src/roles/newsroom_also.c", "        span_eq_nocase(newsroom_provider(n, w->feed), ours) || !may_stand_with", "        !ours.n || !may_stand_with")]),
    ("a hidden comment is shown", "D7", "tables", 600, [("src/desk/comments.c", "if (word && word->kind == ACT_HIDE) return COMMENT_HIDDEN;", "if (word && word->kind == ACT_HIDE) return COMMENT_SHOWN;")]),
    ("struck from the story and not from comments", "redaction", "tables", 600, [("src/roles/newsroom_comments.c", "struct span text = desk_strike(n->job, c->text, &d->set.struck);", "struct span text = c->text;")]),
    ("what falls due hides the version before it", "E6", "tables", 1500, [("src/roles/newsroom_rows.c", "        .until_ms = v->right_ms,", "        .until_ms = v->interval.until_ms,")]),
    ("a picture's kill is forgotten", "K15", "tables", 600, [("src/desk/picture.c", "    if (v.is_dead) {\n", "    if (v.is_dead && !v.kill_count) {\n"),
        ("src/desk/picture.c", "    if (v.shown == SIZE_MAX || v.interval.held) return hold_for(out, &v);\n", "    if (v.is_dead) return true;\n    if (v.shown == SIZE_MAX || v.interval.held) return hold_for(out, &v);\n"),
        ("src/roles/newsroom_pictures.c", "        if (buried) out->says.interval.held = true;\n", ""), ("src/store/reader.c", "        if (!dead) v->pictures[n++] = v->pictures[i];", "        (void)dead, v->pictures[n++] = v->pictures[i];")]),
    ("what a picture's own item says of its times is not heard", "E9, R3", "tables", 600, [("src/desk/picture.c", "    narrow(&out->interval, v.interval.from_ms, v.right_ms);\n", "")]),
    ("a picture that is held stays on the pages that have it", "K15", "tables", 1500, [("src/roles/newsroom_pictures.c", "        TRY(newsroom_touch_waiting(n, S(\"\"), item_key(n, n->pages.list[i])));\n", "        if (i > n->pages.n) TRY(newsroom_touch_waiting(n, S(\"\"), item_key(n, n->pages.list[i])));\n")]),
    ("a picture's address outlives its right", "K15, R3", "tables", 600, [("src/store/reader_list.c", "SELECT width,height FROM public_picture WHERE hash=?1 AND ok LIMIT 1", "SELECT width,height FROM picture WHERE hash=?1 LIMIT 1")]),
    ("a kill in words hides nothing", "K8", "tables", 200, [("src/desk/kills.c", "        if (d->set->hits[i].effect == NOTICE_KILL) add_notice_kill(d, k, &d->set->hits[i]);", "        if (d->set->hits[i].effect < 0) add_notice_kill(d, k, &d->set->hits[i]);")]),
    ("a kill in words does not wait for its story", "K9", "tables", 1500, [("src/roles/newsroom_notice.c", "            TRY(store_notice_waits(n->store, v->feed, names.list[i], &stored));\n    return tell_none(n, v);", "            (void)stored;\n    return tell_none(n, v);")]),
    ("a feed's words kill what another has brought", "T3", "tables", 3000, [("src/roles/newsroom_notice.c", "    *own_out = span_eq(desk_owner(&set, n->rules), v->feed);", "    *own_out = desk_owner(&set, n->rules).n > 0;")]),
    ("an empty package is shown", "P7", "tables", 600, [("src/store/schema.c", '#define IS_PUBLIC IS_SHOWN("s") " AND (s.needs_member=0 OR " HAS_MEMBER ")"', '#define IS_PUBLIC IS_SHOWN("s") " AND (s.needs_member<2 OR " HAS_MEMBER ")"')]),
    ("timers lost in a restart", "E14", "tables", 4000, [("src/roles/newsroom_work.c", "    n->due_done_ms = timers_rung_until(n);", "    n->due_done_ms = timers_rung_until(n) ? clock_now_ms() : 0;")]),
]


def battery(layer, schedules):
    return sh([os.path.join(BUILD, "broadsheet"), "battery", "--layer", layer, "--schedules", str(schedules), "--seed", "1", "--first"])


def main():
    chosen = [m for m in MUTANTS if not sys.argv[1:] or m[0] in sys.argv[1:]]
    failed = 0
    configure(copy_source())
    print(f"1..{len(chosen)}", flush=True)
    for number, (name, rule, layer, schedules, replacements) in enumerate(chosen, 1):
        start = time.monotonic()
        copy_source()
        why = plant(replacements) or build("broadsheet")
        if not why:
            r = battery(layer, schedules)
            last = r.stdout.strip().splitlines()[-2] if r.stdout.strip() else "nothing was said"
            caught = r.returncode == 1
            if r.returncode not in (0, 1): why = r.stdout[-400:]
            elif caught == (not replacements): why = ("found in the sound product: " if not replacements else "not found: ") + last
        failed += bool(why)
        print(f"{'not ok' if why else 'ok'} {number} - {name}{' (' + rule + ')' if rule else ''}, {layer}, {time.monotonic() - start:.0f} s", flush=True)
        for line in (why or last).splitlines()[-12:]: print("# " + line, flush=True)
    copy_source()
    return 1 if failed else 0


if __name__ == "__main__": sys.exit(main())
