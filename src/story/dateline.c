/* dateline.c: "LINDMARCH, Nov 30 (Meridian) - Grain …": the place, the day and the agency at the
 * head of a text, in the languages that agencies write it in. Owns the months' names and the
 * agencies that are known by theirs. What is found is a part of the text: nothing is taken out of
 * it. Takes only what can be nothing else: the words of a story are worth more than a mark. Never
 * fails. */
#include "story.h"

enum {
    HEAD_MAX = 120, /* characters: a long city, its state and an agency */
    PLACE_MAX = 90,
    PLACE_WORDS = 7,         /* "ABOARD AIR FORCE ONE" */
    PLACE_WORDS_UNCASED = 4, /* where no capital tells a name from a sentence */
    AGENCY_MAX = 60,
};

/* Names of each month, full and short, as datelines have them. */
static const char *const months[12] = {
    "jan january janv janvier ene enero januar jänner janeiro gen gennaio января янв जनवरी जन "
    "जानेवारी জানুয়ারি জানুয়ারি জানুয়ারী জানুয়ারী ஜனவரி ஜன జనవరి జన جنوری يناير كانون_الثاني",
    "feb february fév févr février febrero februar fev fevereiro febbraio февраля фев फरवरी फ़रवरी "
    "फर "
    "फेब्रुवारी ফেব্রুয়ারি ফেব্রুয়ারি ফেব্রুয়ারী பிப்ரவரி பிப் ఫిబ్రవరి ఫిబ్ర فروری فبراير شباط",
    "mar march mars marzo märz mrz mär março marzo mrt maart марта мар मार्च মার্চ மார்ச் மார் మార్చి مارچ "
    "مارس آذار",
    "apr april avr avril abr abril aprile апреля апр अप्रैल एप्रिल এপ্রিল ஏப்ரல் ஏப் ఏప్రిల్ اپریل أبريل "
    "ابريل نيسان",
    "may mai mayo maio maj mei maggio mag мая май मई मे মে மே మే مئی مايو أيار",
    "jun june juin junio juni junho giu giugno июня июн जून জুন ஜூன் జూన్ جون يونيو حزيران",
    "jul july juil juillet julio juli julho lug luglio июля июл जुलाई जुलै জুলাই ஜூலை జులై జూలై "
    "جولائی يوليو تموز",
    "aug august août aout ago agosto августа авг अगस्त अग ऑगस्ट আগস্ট ஆகஸ்ட் ஆக ఆగస్టు ఆగస్ట్ اگست أغسطس "
    "اغسطس آب",
    "sep sept september septembre septiembre set setembro settembre сентября сен सितंबर सितम्बर "
    "सप्टेंबर সেপ্টেম্বর செப்டம்பர் செப் సెప్టెంబర్ సెప్టెంబరు ستمبر سبتمبر أيلول",
    "oct october octobre octubre okt oktober out outubro ott ottobre октября окт अक्टूबर अक्तूबर "
    "ऑक्टोबर "
    "অক্টোবর அக்டோபர் அக் అక్టోబర్ అక్టోబరు اکتوبر أكتوبر اكتوبر تشرين_الأول",
    "nov november novembre noviembre novembro ноября ноя नवंबर नवम्बर नोव्हेंबर নভেম্বর நவம்பர் நவ "
    "నవంబర్ నవంబరు نومبر نوفمبر تشرين_الثاني",
    "dec december déc décembre dic diciembre dez dezember dezembro dicembre декабря дек दिसंबर "
    "दिसम्बर डिसेंबर ডিসেম্বর டிசம்பர் டிச డిసెంబర్ డిసెంబరు دسمبر ديسمبر كانون_الأول",
};

static const char *const agencies[] = {"Reuters", "Thomson Reuters", "AP", "AFP", "dpa", "EFE",
    "ANSA", "APA", "ATS", "SDA", "Keystone-SDA", "Keystone-ATS", "Belga", "ANP", "NTB", "TT",
    "Ritzau", "STT", "PAP", "TASS", "Interfax", "Xinhua", "Kyodo", "Jiji", "Yonhap", "UPI", "AAP",
    "PTI", "ANI", "IANS", "UNI", "Lusa", "Europa Press", "Bernama", "Antara", "PA", "PA Media",
    "CP", "The Canadian Press", "La Presse Canadienne", "KUNA", "SPA", "WAM", "MENA", "AA",
    "Anadolu", "APP", "BSS", "ТАСС", "РИА Новости", "Интерфакс", "Рейтер", "भाषा", "वार्ता", "एजेंसी",
    "पीटीआई", "आईएएनएस", "रॉयटर्स", "رويترز", "أ ف ب", "د ب أ", "واس", "وام", "كونا"};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Begins with a small letter, Latin or Cyrillic. */
static bool is_small(struct span word)
{
    if (!word.n) return false;
    unsigned char c = (unsigned char)word.p[0], d = word.n > 1 ? (unsigned char)word.p[1] : 0;
    return is_lower(word.p[0]) || c == 0xD1 || (c == 0xD0 && d >= 0xB0);
}

static bool is_uncased(struct span s)
{
    return s.n && (unsigned char)s.p[0] >= 0xD8; /* Arabic and all that follow it */
}

static struct span last_word(struct span s)
{
    size_t at = s.n;
    while (at > 0 && s.p[at - 1] != ' ') at--;
    return span_cut(s, at, s.n);
}

static size_t count_words(struct span s)
{
    size_t words = s.n > 0;
    for (size_t i = 0; i < s.n; i++) words += s.p[i] == ' ';
    return words;
}

static struct span drop_end(struct span s, size_t n)
{
    return span_cut(s, 0, s.n - n);
}

/* Without spaces, and without the commas of any script, at its end. */
static struct span rtrim(struct span s)
{
    static const char *const marks[] = {" ", ",", "،", "\xC2\xA0"};
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < COUNT(marks); i++)
            if (span_ends(s, span_of(marks[i]))) s = drop_end(s, span_of(marks[i]).n), more = true;
    }
    return s;
}

/* ---- the day ---- */
/* A digit of any script at the end of s; its bytes in *n. -1: none. */
static int digit_at_end(struct span s, size_t *n)
{
    /* UTF-8 of each zero, but its last byte's digit: Devanagari, Bengali, Tamil, Telugu; Arabic in
     * its two forms. */
    static const char *const zeros[] = {"०", "০", "௦", "౦", "٠", "۰"};
    if (s.n && s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9') {
        *n = 1;
        return s.p[s.n - 1] - '0';
    }
    for (size_t i = 0; i < COUNT(zeros); i++) {
        struct span zero = span_of(zeros[i]);
        if (s.n < zero.n) continue;
        struct span last = span_cut(s, s.n - zero.n, s.n);
        int value = (unsigned char)last.p[zero.n - 1] - (unsigned char)zero.p[zero.n - 1];
        if (span_eq(drop_end(last, 1), drop_end(zero, 1)) && value >= 0 && value <= 9) {
            *n = zero.n;
            return value;
        }
    }
    return -1;
}

/* A number of so many digits at the end of *s, which moves before it; -1: none. */
static int take_number(struct span *s, int digits_min, int digits_max)
{
    struct span t = *s;
    int value = 0, count = 0, scale = 1, digit;
    size_t n;
    while (count < digits_max && (digit = digit_at_end(t, &n)) >= 0) {
        value += digit * scale;
        scale *= 10;
        count++;
        t = drop_end(t, n);
    }
    bool is_word = !t.n || span_ends(t, S(" ")) || span_ends(t, S(","));
    if (count < digits_min || digit_at_end(t, &n) >= 0 || !is_word) return -1;
    *s = rtrim(t);
    return value;
}

static struct span drop_stop(struct span s)
{
    return span_ends(s, S(".")) ? drop_end(s, 1) : s;
}

/* "كانون_الثاني" stands in the table for a name of two words. */
static bool ends_with_name(struct span s, struct span name)
{
    if (s.n < name.n) return false;
    struct span tail = span_cut(s, s.n - name.n, s.n);
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i] == '_' ? ' ' : name.p[i], x = tail.p[i];
        if (x >= 'A' && x <= 'Z') x = (char)(x - 'A' + 'a');
        if (x != c) return false;
    }
    return s.n == name.n || s.p[s.n - name.n - 1] == ' ' || s.p[s.n - name.n - 1] == ',';
}

/* A month's name at the end of *s, which moves before it; 0: none. "AOÛT" is not folded: datelines
 * write their months small. */
static int take_month(struct span *s)
{
    struct span t = drop_stop(*s), name;
    size_t best = 0;
    int month = 0;
    for (int m = 0; m < 12; m++) {
        struct span list = span_of(months[m]);
        while (list.n && span_next(&list, ' ', &name))
            if (name.n > best && ends_with_name(t, name)) best = name.n, month = m + 1;
    }
    if (month) *s = rtrim(drop_end(t, best));
    return month;
}

/* Takes "Nov 30", "30. November 2026", "30 de noviembre", "दि. ३० नोव्हेंबर" off the end. */
static bool take_date(struct span *head, struct story_dateline *out)
{
    static const char *const before[] = {" दि.", " दिनांक", " le", " den", " em", " ,"};
    struct span s = *head;
    int year = take_number(&s, 4, 4), day;
    if (year >= 0 && (year < 1900 || year > 2199)) return false;
    if (span_ends(s, S(" de"))) s = rtrim(drop_end(s, 3));
    int month = take_month(&s);
    if (month) {
        s = drop_stop(s);
        if (span_ends(s, S(" de"))) s = rtrim(drop_end(s, 3));
        s = drop_stop(s);
        day = take_number(&s, 1, 2);
    } else {
        s = drop_stop(s);
        day = take_number(&s, 1, 2);
        month = day > 0 ? take_month(&s) : 0;
    }
    if (month < 1 || day < 1 || day > 31) return false;
    out->date = span_trim(span_cut(*head, s.n, head->n));
    while (span_starts(out->date, S(",")) || span_starts(out->date, S("،")))
        out->date = span_trim(span_cut(out->date, out->date.p[0] == ',' ? 1 : 2, out->date.n));
    out->year = year > 0 ? year : 0;
    out->month = month;
    out->day = day;
    for (size_t i = 0; i < COUNT(before); i++)
        if (span_ends(s, span_of(before[i]))) s = rtrim(drop_end(s, span_of(before[i]).n));
    *head = s;
    return true;
}

/* ---- the agency ---- */
static bool is_known(struct span s, const struct span *own, size_t own_count)
{
    ptrdiff_t slash = span_find_char(s, '/'); /* "dpa/tmn" */
    struct span first = slash < 0 ? s : span_cut(s, 0, (size_t)slash);
    for (size_t i = 0; i < COUNT(agencies); i++)
        if (span_eq_nocase(first, span_of(agencies[i]))) return true;
    for (size_t i = 0; i < own_count; i++)
        if (own[i].n && span_eq_nocase(s, own[i])) return true;
    return false;
}

static bool is_agency_name(struct span s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter(s.p[i]) && span_find_char(S(" .&/'-"), s.p[i]) < 0) return false;
    return s.n >= 2 && s.n <= AGENCY_MAX && is_letter(s.p[0]);
}

/* ---- the place ---- */
static bool is_place(struct span s)
{
    size_t words_max = is_uncased(s) ? PLACE_WORDS_UNCASED : PLACE_WORDS;
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter(s.p[i]) && span_find_char(S(" ,./'-"), s.p[i]) < 0) return false;
    return s.n >= 2 && s.n <= PLACE_MAX && count_words(s) <= words_max && is_letter(s.p[0]) &&
           !is_small(s) && !is_small(last_word(s));
}

/* Its first word is in capitals, Latin or Cyrillic: no sentence begins so. */
static bool is_shouted(struct span place)
{
    size_t letters = 0;
    for (size_t n = 0; n < place.n && place.p[n] != ',' && place.p[n] != ' '; n++) {
        struct span rest = span_cut(place, n, place.n);
        if (((unsigned char)place.p[n] & 0xC0) == 0x80) continue;
        if (is_small(rest) || is_uncased(rest)) return false;
        letters++;
    }
    return letters > 1;
}

/* A name that nobody knows stands behind a place that is one beyond doubt: in capitals, or apart
 * from the day by a comma. */
static bool is_beyond_doubt(struct span before_date, struct span place)
{
    struct span between = span_trim(span_cut(before_date, place.n, before_date.n));
    bool comma = span_starts(between, S(",")) || span_starts(between, S("،"));
    return comma || is_shouted(place) || (is_uncased(place) && count_words(place) < 3);
}

/* ---- the line ---- */
/* What stands before the first dash; its bytes, 0: none stands near. */
static size_t before_dash(struct span head)
{
    static const char *const dashes[] = {
        " - ", " -- ", " – ", " — ", "\xC2\xA0- ", "\xC2\xA0– ", "\xC2\xA0— ", ".- "};
    ptrdiff_t best = -1;
    for (size_t i = 0; i < COUNT(dashes); i++) {
        ptrdiff_t at = span_find(head, span_of(dashes[i]));
        if (at > 0 && (best < 0 || at < best)) best = at;
    }
    return best > 0 ? (size_t)best : 0;
}

/* *agency_out: a known one, also where what stands before it is no place.
 * "PLACE, date (agency)", and what stands behind it: a dash, or nothing where all three are there
 * ("New Delhi, Nov 30 (PTI) Grain …"). */
static bool read_bracketed(struct span head, const struct span *own, size_t own_count,
    struct span *agency_out, struct story_dateline *out)
{
    static const char *const behind[] = {
        " -", " –", " —", "-", "–", "—", ".-", ":", " :", "\xC2\xA0-", "\xC2\xA0–", "\xC2\xA0—"};
    ptrdiff_t open = span_find_char(head, '('), close = span_find_char(head, ')');
    size_t dash = before_dash(head);
    if (open < 2 || close < open || (dash && dash < (size_t)open)) return false;
    struct span rest = span_cut(head, (size_t)close + 1, head.n),
                place = rtrim(span_cut(head, 0, (size_t)open));
    bool is_marked = false;
    for (size_t i = 0; i < COUNT(behind); i++) is_marked |= span_starts(rest, span_of(behind[i]));
    out->agency = span_trim(span_cut(head, (size_t)open + 1, (size_t)close));
    out->agency_known = is_known(out->agency, own, own_count);
    if (out->agency_known && is_marked) *agency_out = out->agency;
    struct span before = place;
    bool is_dated = take_date(&place, out);
    out->place = place;
    out->whole = span_cut(head, 0, (size_t)close + 1);
    if (!is_agency_name(out->agency) || !is_place(place)) return false;
    if (!out->agency_known && (is_small(out->agency) || !is_beyond_doubt(before, place)))
        return false;
    return is_dated ? is_marked || span_starts(rest, S(" ")) : is_marked && out->agency_known;
}

/* "HARBOUR, Jan 23 - Cod rose." */
static bool read_dated(struct span head, struct story_dateline *out)
{
    size_t dash = before_dash(head);
    struct span place = rtrim(span_cut(head, 0, dash));
    out->whole = place;
    if (!dash || !take_date(&place, out)) return false;
    out->place = place;
    return is_place(place) && is_shouted(place);
}

/* ---- Chinese: "新华社北京11月30日电" ---- */
static size_t digits_before(struct span s, int *value)
{
    size_t n = 0;
    int scale = 1;
    *value = 0;
    while (n < 2 && n < s.n && s.p[s.n - 1 - n] >= '0' && s.p[s.n - 1 - n] <= '9') {
        *value += (s.p[s.n - 1 - n] - '0') * scale;
        scale *= 10;
        n++;
    }
    return n;
}

static bool read_chinese(struct span head, struct story_dateline *out)
{
    enum { HAN = 3, AGENCY_HAN = 8 * HAN, PLACE_HAN = 8 * HAN };
    ptrdiff_t wire = span_find(head, S("日电")), house = span_find(head, S("社"));
    if (wire < 0) wire = span_find(head, S("日電"));
    if (wire < 0 || house < HAN || house > AGENCY_HAN || house > wire) return false;
    struct span before = span_cut(head, 0, (size_t)wire);
    size_t n = digits_before(before, &out->day), from = before.n - n;
    if (!n || out->day < 1 || out->day > 31) return false;
    before = drop_end(before, n);
    if (span_ends(before, S("月"))) {
        before = drop_end(before, HAN);
        n = digits_before(before, &out->month);
        if (!n || out->month < 1 || out->month > 12) return false;
        before = drop_end(before, n);
        from = before.n;
    }
    out->agency = span_cut(head, 0, (size_t)house + HAN);
    out->agency_known = true;
    out->place = span_cut(before, (size_t)house + HAN, before.n);
    out->date = span_cut(head, from, (size_t)wire + HAN);
    out->whole = span_cut(head, 0, (size_t)wire + 2 * HAN);
    if (out->place.n < 2 * HAN || out->place.n > PLACE_HAN) return false;
    for (size_t i = 0; i < before.n;
         i += HAN) { /* Chinese characters alone, no mark of a sentence */
        unsigned char c = (unsigned char)before.p[i];
        if (c < 0xE4 || c > 0xE9) return false;
    }
    return true;
}

bool story_dateline(
    struct span text, const struct span *own, size_t own_count, struct story_dateline *out)
{
    struct span head = utf8_head(text, HEAD_MAX);
    *out = (struct story_dateline){0};
    struct span agency = {0};
    if (read_bracketed(head, own, own_count, &agency, out)) return true;
    *out = (struct story_dateline){0};
    if (read_dated(head, out)) return true;
    *out = (struct story_dateline){0};
    if (read_chinese(head, out)) return true;
    *out = (struct story_dateline){.agency = agency, .agency_known = agency.n > 0};
    return false;
}
