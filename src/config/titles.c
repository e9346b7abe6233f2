/* titles: what the built-in sections are called, by the site's language. Data only. */
#include "schema.h"

/* The languages of themes/words/, in the order of the titles below; the first is what other
 * languages get. */
static const char *const languages[] = {
    "en", "hi", "mr", "bn", "ta", "te", "ur", "ar", "es", "fr", "de", "pt", "ru", "zh"};

static const char *const own_names[COUNT(languages)] = {"English", "हिन्दी", "मराठी", "বাংলা",
    "தமிழ்", "తెలుగు", "اردو", "العربية", "Español", "Français", "Deutsch", "Português", "Русский",
    "中文"};

static const struct {
    const char *name, *titles[COUNT(languages)];
} sections[] = {
    {"world", {"World", "दुनिया", "जग", "আন্তর্জাতিক", "உலகம்", "ప్రపంచం", "دنیا", "العالم",
                  "Internacional", "Monde", "Welt", "Mundo", "В мире", "国际"}},
    {"politics",
        {"Politics", "राजनीति", "राजकारण", "রাজনীতি", "அரசியல்", "రాజకీయాలు", "سیاست", "السياسة",
            "Política", "Politique", "Politik", "Política", "Политика", "政治"}},
    {"business",
        {"Business", "कारोबार", "अर्थकारण", "বাণিজ্য", "வணிகம்", "వ్యాపారం", "کاروبار", "الاقتصاد",
            "Economía", "Économie", "Wirtschaft", "Economia", "Экономика", "财经"}},
    {"sport", {"Sport", "खेल", "क्रीडा", "খেলা", "விளையாட்டு", "క్రీడలు", "کھیل", "الرياضة", "Deportes",
                  "Sport", "Sport", "Esporte", "Спорт", "体育"}},
    {"science", {"Science", "विज्ञान", "विज्ञान", "বিজ্ঞান", "அறிவியல்", "సైన్స్", "سائنس", "العلوم",
                    "Ciencia", "Sciences", "Wissen", "Ciência", "Наука", "科技"}},
    {"health", {"Health", "स्वास्थ्य", "आरोग्य", "স্বাস্থ্য", "நலவாழ்வு", "ఆరోగ్యం", "صحت", "الصحة", "Salud",
                   "Santé", "Gesundheit", "Saúde", "Здоровье", "健康"}},
    {"environment",
        {"Environment", "पर्यावरण", "पर्यावरण", "পরিবেশ", "சுற்றுச்சூழல்", "పర్యావరణం", "ماحولیات",
            "البيئة", "Medio ambiente", "Environnement", "Umwelt", "Ambiente", "Экология", "环境"}},
    {"culture", {"Culture", "संस्कृति", "संस्कृती", "সংস্কৃতি", "பண்பாடு", "సంస్కృతి", "ثقافت", "الثقافة",
                    "Cultura", "Culture", "Kultur", "Cultura", "Культура", "文化"}},
    {"life", {"Life", "जीवन", "जीवनशैली", "জীবনযাপন", "வாழ்வியல்", "జీవనశైలి", "طرزِ زندگی", "الحياة",
                 "Estilo de vida", "Vie quotidienne", "Leben", "Vida", "Жизнь", "生活"}},
    {"news", {"News", "समाचार", "बातम्या", "খবর", "செய்திகள்", "వార్తలు", "خبریں", "الأخبار", "Noticias",
                 "Actualités", "Nachrichten", "Notícias", "Новости", "新闻"}},
};

/* -1: the built-in theme has no words in it. By the whole name, else by what is before "-". */
static ptrdiff_t language_at(struct span language)
{
    ptrdiff_t cut = span_find_char(language, '-');
    for (size_t i = 0; i < COUNT(languages); i++)
        if (span_eq_nocase(language, span_of(languages[i]))) return (ptrdiff_t)i;
    return cut < 0 ? -1 : language_at(span_cut(language, 0, (size_t)cut));
}

bool language_is_built_in(struct span language)
{
    return language_at(language) >= 0;
}

struct span language_own_name(struct span language)
{
    ptrdiff_t k = language_at(language);
    return k < 0 ? language : span_of(own_names[k]);
}

struct span languages_built_in(struct arena *a)
{
    struct buf b;
    buf_init(&b, a, 0);
    for (size_t i = 0; i < COUNT(languages); i++) {
        if (i) buf_str(&b, i + 1 < COUNT(languages) ? ", " : " or ");
        buf_str(&b, languages[i]);
    }
    return buf_span(&b);
}

struct span title_of_section(struct span name, struct span language)
{
    ptrdiff_t k = language_at(language);
    for (size_t i = 0; i < COUNT(sections); i++)
        if (span_eq(span_of(sections[i].name), name))
            return span_of(sections[i].titles[k < 0 ? 0 : k]);
    return name;
}
