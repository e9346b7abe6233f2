/* The reporters' line, in the languages of the interface; and what only looks like one. */
#include "story.h"
#include "tap.h"

#include <string.h>

static void test_lines(void)
{
    static const struct {
        const char *line, *people; /* "role name" joined by " | " */
    } rows[] = {
        {"(Reporting by Asha Rao in Delhi and Tom Lind; Editing by Mara Voss)",
            "reporting Asha Rao | reporting Tom Lind | editing Mara Voss"},
        {"(Reporting by Tom Perry, editing by John Stone)",
            "reporting Tom Perry | editing John Stone"},
        {"(Reporting by Andrew Gale Editing by Shri Nava)",
            "reporting Andrew Gale | editing Shri Nava"},
        {"Reporting by Asha Rao in Delhi, Ann B. and the Lindmarch newsroom; Writing by Bo Quay",
            "reporting Asha Rao | reporting Ann B. | writing Bo Quay"},
        {"(रिपोर्टिंग: आशा राव और टॉम लिंड; संपादन: मीरा वोस)",
            "reporting आशा राव | reporting टॉम लिंड | editing मीरा वोस"},
        {"(वार्तांकन: आशा राव आणि नीता शाह; संपादन: मीरा वोस)",
            "reporting आशा राव | reporting नीता शाह | editing मीरा वोस"},
        {"(إعداد أحمد علي للنشرة العربية - تحرير مريم سعيد)",
            "compiling أحمد علي | editing مريم سعيد"},
        {"(रिपोर्टिंग: रोहन सेठिया, चीड़तल; संपादन: विवेक राजदान)",
            "reporting रोहन सेठिया | editing विवेक राजदान"},
        {"(Reporting by Marlow Finch on Saint Orrin; Editing by Imre Dalgaard)",
            "reporting Marlow Finch | editing Imre Dalgaard"},
        {"(إعداد سلمى الراوندي في واحة الندى - تحرير ماجد البحراوي)",
            "compiling سلمى الراوندي | editing ماجد البحراوي"},
        {"(إعداد: أحمد علي و مريم سعيد؛ تحرير: هدى نور)",
            "compiling أحمد علي | compiling مريم سعيد | editing هدى نور"},
        {"(رپورٹنگ: عائشہ خان اور علی رضا؛ ادارت: سارہ ملک)",
            "reporting عائشہ خان | reporting علی رضا | editing سارہ ملک"},
        {"(Reportage Anne Lind à Paris, version française Luc Roy, édité par Eve Noir)",
            "reporting Anne Lind | translating Luc Roy | editing Eve Noir"},
        {"(Reporte de Ana Ruiz y Luis Paz; Editado por Eva Sol)",
            "reporting Ana Ruiz | reporting Luis Paz | editing Eva Sol"},
        {"(Reportagem de Ana Reis e Rui Paz; Edição de Eva Sol)",
            "reporting Ana Reis | reporting Rui Paz | editing Eva Sol"},
        {"(Bericht von Ada Kai und Tom Lind, redigiert von Uwe Fels)",
            "reporting Ada Kai | reporting Tom Lind | editing Uwe Fels"},
        {"(Репортаж: Анна Линд и Олег Рау; Редактор: Ева Сол)",
            "reporting Анна Линд | reporting Олег Рау | editing Ева Сол"},
        {"（记者：王强、李明；编辑：张三）", "reporting 王强 | reporting 李明 | editing 张三"},
        {"（记者王强和李明）", "reporting 王强 | reporting 李明"},
        {"(编译 张明; 审校 侯雪)", "compiling 张明 | editing 侯雪"},
        {"(প্রতিবেদন: আশা রাও ও টম লিন্ড সেন; সম্পাদনা: মীরা ভস)",
            "reporting আশা রাও | reporting টম লিন্ড সেন | editing মীরা ভস"},
        {"(செய்தி: ஆஷா ராவ் மற்றும் டாம் லிண்ட்; தொகுப்பு: மீரா வோஸ்)",
            "reporting ஆஷா ராவ் | reporting டாம் லிண்ட் | editing மீரா வோஸ்"},
        {"(రిపోర్టింగ్: ఆశా రావు మరియు టామ్ లిండ్; ఎడిటింగ్: మీరా వోస్)",
            "reporting ఆశా రావు | reporting టామ్ లిండ్ | editing మీరా వోస్"},
        /* what is none */
        {"(Reuters was told)", ""},
        {"Reportage de guerre: un métier", ""},
        {"Bericht von der Front", ""},
        {"संपादन का काम आशा राव ने किया", ""},
        {"رپورٹ میں کہا گیا ہے", ""},
        {"Reporting by the Lindmarch newsroom", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new(1 << 20);
        struct credit list[16];
        struct buf got;
        size_t n = story_credits(span_of(rows[i].line), list, COUNT(list));
        buf_init(&got, a, 0);
        for (size_t k = 0; k < n; k++)
            buf_printf(&got, "%s%s %.*s", k ? " | " : "", story_credit_role(list[k].role),
                FMT(list[k].name));
        check_span(buf_span(&got), span_of(rows[i].people), rows[i].line);
        arena_free(a);
    }
}

static void test_place(void)
{
    static const struct {
        const char *text, *line;
    } rows[] = {
        {"It opened. (रिपोर्टिंग: आशा राव)", "(रिपोर्टिंग: आशा राव)"},
        {"افتتح (أخيرا) الجسر. (إعداد أحمد علي - تحرير مريم سعيد)",
            "(إعداد أحمد علي - تحرير مريم سعيد)"},
        {"大桥开通。（记者：王强）", "（记者：王强）"},
        {"责任编辑：张三", "责任编辑：张三"},
        {"Il pleut. (Reportage Anne Lind, édité par Luc Roy)",
            "(Reportage Anne Lind, édité par Luc Roy)"},
        /* a bracket that tells something else; a duty's word that opens a sentence */
        {"It opened (at last).", ""},
        {"La crónica (edición de 1999)", ""},
        {"Reportage: la guerre en 2026", ""},
        {"تحرير المدينة بدأ أمس", ""},
        {"记者王强在现场报道说，大桥已经开通。", ""},
        {"Редактор газеты сказал, что мост открыт.", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        check_span(story_credits_in(span_of(rows[i].text)), span_of(rows[i].line), rows[i].text);
}

static void test_names(void)
{
    static const struct {
        const char *line, *names;
    } rows[] = {
        {"By Asha Rao and Tom Lind", "Asha Rao|Tom Lind"},
        {"Asha Rao, Tom Lind and Bo", "Asha Rao|Tom Lind|Bo"},
        {"आशा राव और टॉम लिंड", "आशा राव|टॉम लिंड"},
        {"أحمد علي و مريم سعيد", "أحمد علي|مريم سعيد"},
        {"Par Anne Lind et Luc Roy", "Anne Lind|Luc Roy"},
        {"Von Ada Kai und Tom Lind", "Ada Kai|Tom Lind"},
        {"Por Ana Ruiz, Luis Paz y Eva Sol", "Ana Ruiz|Luis Paz|Eva Sol"},
        {"Ana Reis e Rui Paz", "Ana Reis|Rui Paz"},
        {"Анна Линд и Олег Рау", "Анна Линд|Олег Рау"},
        {"王强和李明", "王强|李明"},
        {"王强、李明及张三丰", "王强|李明|张三丰"},
        {"José Ortega y Gasset", "José Ortega y Gasset"},
        {"Meridian", "Meridian"},
        {"和平", "和平"},
        {"  ", ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arena *a = arena_new(1 << 16);
        struct span list[8];
        struct buf got;
        size_t n = story_names(span_of(rows[i].line), list, COUNT(list));
        buf_init(&got, a, 0);
        for (size_t k = 0; k < n; k++) buf_printf(&got, "%s%.*s", k ? "|" : "", FMT(list[k]));
        check_span(buf_span(&got), span_of(rows[i].names), rows[i].line);
        arena_free(a);
    }
}

int main(void)
{
    test_lines();
    test_place();
    test_names();
    return tap_end();
}
