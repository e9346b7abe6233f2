/* Datelines at the head of a text, in the languages of the interface; and texts that begin like
 * one. */
#include "story.h"
#include "tap.h"

#include <stdio.h>

static void test_read(void)
{
    static const struct {
        const char *text, *whole, *place, *date, *agency;
        int month, day;
    } rows[] = {
        {"LINDMARCH, Nov 30 (Meridian) - Grain rose.", "LINDMARCH, Nov 30 (Meridian)", "LINDMARCH",
            "Nov 30", "Meridian", 11, 30},
        {"New Delhi, Nov 30 (PTI) Grain rose.", "New Delhi, Nov 30 (PTI)", "New Delhi", "Nov 30",
            "PTI", 11, 30},
        {"पुणे, 30 नवंबर (एजेंसी) - बारिश हुई।", "पुणे, 30 नवंबर (एजेंसी)", "पुणे", "30 नवंबर", "एजेंसी", 11, 30},
        {"पुणे, दि. ३० नोव्हेंबर (मेरिडियन) - पाऊस पडला.", "पुणे, दि. ३० नोव्हेंबर (मेरिडियन)", "पुणे",
            "३० नोव्हेंबर", "मेरिडियन", 11, 30},
        {"القاهرة 30 نوفمبر (وكالة) - افتتح الجسر.", "القاهرة 30 نوفمبر (وكالة)", "القاهرة",
            "30 نوفمبر", "وكالة", 11, 30},
        {"بيروت ٣٠ تشرين الثاني (ميريديان) – افتتح.", "بيروت ٣٠ تشرين الثاني (ميريديان)", "بيروت",
            "٣٠ تشرين الثاني", "ميريديان", 11, 30},
        {"لاہور، 30 نومبر (ایجنسی) - بارش ہوئی۔", "لاہور، 30 نومبر (ایجنسی)", "لاہور", "30 نومبر",
            "ایجنسی", 11, 30},
        {"ঢাকা, ৩০ নভেম্বর (এজেন্সি) - বৃষ্টি।", "ঢাকা, ৩০ নভেম্বর (এজেন্সি)", "ঢাকা", "৩০ নভেম্বর",
            "এজেন্সি", 11, 30},
        {"சென்னை, நவ. 30 (ஏஜென்சி) - மழை.", "சென்னை, நவ. 30 (ஏஜென்சி)", "சென்னை", "நவ. 30", "ஏஜென்சி", 11,
            30},
        {"హైదరాబాద్, నవంబర్ 30 (ఏజెన్సీ) - వర్షం.", "హైదరాబాద్, నవంబర్ 30 (ఏజెన్సీ)", "హైదరాబాద్", "నవంబర్ 30", "ఏజెన్సీ",
            11, 30},
        {"LONDRES (AFP) – Il pleut.", "LONDRES (AFP)", "LONDRES", "", "AFP", 0, 0},
        {"PARIS, 1 août (AFP) - Il pleut.", "PARIS, 1 août (AFP)", "PARIS", "1 août", "AFP", 8, 1},
        {"BERLIN (dpa) - Es regnet.", "BERLIN (dpa)", "BERLIN", "", "dpa", 0, 0},
        {"Berlin, 3. März 2026 (Meridian) - Es regnet.", "Berlin, 3. März 2026 (Meridian)",
            "Berlin", "3. März 2026", "Meridian", 3, 3},
        {"Madrid, 30 de noviembre (EFE).- Llueve.", "Madrid, 30 de noviembre (EFE)", "Madrid",
            "30 de noviembre", "EFE", 11, 30},
        {"SÃO PAULO, 30 nov (Meridian) - Chove.", "SÃO PAULO, 30 nov (Meridian)", "SÃO PAULO",
            "30 nov", "Meridian", 11, 30},
        {"МОСКВА, 30 ноя - Дождь.", "МОСКВА, 30 ноя", "МОСКВА", "30 ноя", "", 11, 30},
        {"Москва, 30 ноября (Меридиан) — Дождь.", "Москва, 30 ноября (Меридиан)", "Москва",
            "30 ноября", "Меридиан", 11, 30},
        {"新华社北京11月30日电 大桥开通。", "新华社北京11月30日电", "北京", "11月30日", "新华社",
            11, 30},
        {"新华社北京11月30日电（记者王强）大桥开通。", "新华社北京11月30日电", "北京", "11月30日",
            "新华社", 11, 30},
        {"HARBOUR (Own Wire) - It opened.", "HARBOUR (Own Wire)", "HARBOUR", "", "Own Wire", 0, 0},
        /* the story's own words */
        {"Apple (AAPL) - shares rose.", "", "", "", "", 0, 0},
        {"The vote on Nov 30 (the third) - failed.", "", "", "", "", 0, 0},
        {"In May 7 - 12 people came.", "", "", "", "", 0, 0},
        {"On May 7 (a Monday), it rained - at last.", "", "", "", "", 0, 0},
        {"बारिश 30 नवंबर को (तेज) - हुई।", "", "", "", "", 0, 0},
        {"मंत्री ने कल शाम को यहां, 30 नवंबर (सोमवार) - कहा।", "", "", "", "", 0, 0},
        {"В Москве 30 ноября - дождь.", "", "", "", "", 0, 0},
        {"新华社社长30日来电说", "", "", "", "", 0, 0},
        {"On May 7 (Monday) - it rained.", "", "", "", "", 0, 0},
        {"GRAIN - Prices rose.", "", "", "", "", 0, 0},
        {"LINDMARCH, Nov 31st (Meridian) - Grain.", "", "", "", "", 0, 0},
        {"LINDMARCH, Nov 99 (Meridian) - Grain.", "", "", "", "", 0, 0},
        {"(AP) - Grain.", "", "", "", "", 0, 0},
        {"", "", "", "", "", 0, 0},
    };
    struct span own[] = {S("Own Wire"), S("")};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct story_dateline d;
        bool is = story_dateline(span_of(rows[i].text), own, COUNT(own), &d);
        check(is == (rows[i].whole[0] != 0), "%s", rows[i].text);
        check_span(d.whole, span_of(rows[i].whole), "the line");
        check_span(d.place, span_of(rows[i].place), "its place");
        check_span(d.date, span_of(rows[i].date), "its day");
        check_span(d.agency, span_of(rows[i].agency), "its agency");
        check(d.month == rows[i].month && d.day == rows[i].day, "%d/%d", d.day, d.month);
    }
}

static bool within(struct span part, struct span all)
{
    return !part.n || (part.p >= all.p && part.p + part.n <= all.p + all.n);
}

/* Pieces of datelines in any order: what is found lies in the line, place before day, and none over
 * another: pages put elements around them. */
static void test_any_order(void)
{
    static const char *const pieces[] = {"OSLO", "पुणे", "القاهرة", " ", ", ", "،", "30", "Nov",
        "नवंबर", "(", ")", " - ", "NTB", "Reuters", ".", "新华社", "北京", "11月", "30日电", "&amp;",
        "2026", "1", "de", "\xC2\xA0", "\xE2", "/"};
    uint32_t seed = 20261130;
    int found = 0, bad = 0;
    for (int round = 0; round < 200000; round++) {
        char text[256];
        size_t n = 0;
        struct story_dateline d;
        for (int i = 0; i < 9; i++) {
            seed = seed * 1664525 + 1013904223;
            struct span piece = span_of(pieces[(seed >> 8) % COUNT(pieces)]);
            for (size_t k = 0; k < piece.n; k++) text[n++] = piece.p[k];
        }
        struct span all = {text, n};
        if (!story_dateline(all, NULL, 0, &d)) continue;
        found++;
        bool apart = !d.date.n || d.place.p + d.place.n <= d.date.p;
        bool own = !d.agency.n || d.agency.p + d.agency.n <= d.place.p ||
                   d.agency.p >= (d.date.n ? d.date.p + d.date.n : d.place.p + d.place.n);
        bad += !within(d.whole, all) || !within(d.place, d.whole) || !within(d.date, d.whole) ||
               !within(d.agency, d.whole) || !apart || !own || !d.place.n;
    }
    check(
        found > 10 && bad == 0, "%d datelines of 200,000, %d with parts out of order", found, bad);
}

int main(void)
{
    test_read();
    test_any_order();
    return tap_end();
}
