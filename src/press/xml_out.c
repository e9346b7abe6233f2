/* xml_out: text into XML 1.0. html_put escapes the five characters; text_plain takes out before it
 * what no escape could save (control characters, noncharacters: XML 1.0, 2.2). */
#include "xml_out.h"

#include "clock.h"
#include "text.h"

void xml_put(struct xml_out *o, struct span text)
{
    html_put(o->b, text_plain(o->a, text));
}

void xml_element(struct xml_out *o, const char *name, struct span text)
{
    if (!text.n) return;
    buf_printf(o->b, "<%s>", name);
    xml_put(o, text);
    buf_printf(o->b, "</%s>\n", name);
}

void xml_put_attr(struct xml_out *o, const char *name, struct span value)
{
    if (!value.n) return;
    buf_printf(o->b, " %s=\"", name);
    xml_put(o, value);
    buf_char(o->b, '"');
}

void xml_time(struct xml_out *o, const char *name, int64_t ms)
{
    char text[25];
    utc_text(ms, text);
    buf_printf(o->b, "<%s>%s</%s>\n", name, text, name);
}
