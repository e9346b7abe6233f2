"""Rules of formats that machines read, written down from their specifications: sitemaps (sitemaps.org protocol and its schemas; Google's image and news extensions), RSS 2.0, Atom (RFC 4287), JSON Feed 1.1,
as the W3C's feed validator asks them. Each function gives a list of what is wrong."""
import datetime, email.utils, html.parser, json, re, urllib.parse
import xml.etree.ElementTree as ET

SM, IMAGE, NEWS, ATOM, TOMB = ("{http://www.sitemaps.org/schemas/sitemap/0.9}", "{http://www.google.com/schemas/sitemap-image/1.1}", "{http://www.google.com/schemas/sitemap-news/0.9}",
                               "{http://www.w3.org/2005/Atom}", "{http://purl.org/atompub/tombstones/1.0}")
W3C_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?")
TO_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})")


def absolute(url):
    u = urllib.parse.urlsplit(url or "")
    return u.scheme in ("http", "https") and bool(u.netloc) and not re.search(r"[\s<>\"{}|\\^`]", url)


def in_order(e, names):
    """The children's names, each at most once, in this order (xsd:sequence)."""
    places = [names.index(c.tag) if c.tag in names else -1 for c in e]
    return -1 not in places and places == sorted(places) and len(set(places)) == len(places)


def location(e, wrong):
    loc = e.find(SM + "loc")
    url = "" if loc is None else (loc.text or "")
    if not 12 <= len(url) <= 2048 or not absolute(url): wrong.append(f"loc {url!r}")
    return url


def lastmod(e, wrong):
    m = e.find(SM + "lastmod")
    if m is not None and not W3C_DATE.fullmatch(m.text or ""): wrong.append(f"lastmod {m.text!r}")


def sitemap_index(text):
    wrong, root = [], ET.fromstring(text)
    if root.tag != SM + "sitemapindex" or not 1 <= len(root) <= 50000: wrong.append(f"root {root.tag} of {len(root)}")
    for e in root:
        if e.tag != SM + "sitemap" or not in_order(e, [SM + "loc", SM + "lastmod"]): wrong.append(f"child {e.tag}")
        location(e, wrong)
        lastmod(e, wrong)
    return wrong


def sitemap(text, empty=False):
    wrong, root, seen = [], ET.fromstring(text), set()
    if root.tag != SM + "urlset" or not (0 if empty else 1) <= len(root) <= 50000 or len(text) > 50 << 20: wrong.append(f"root {root.tag} of {len(root)}")
    for e in root:
        if e.tag != SM + "url": wrong.append(f"child {e.tag}")
        own = [c for c in e if c.tag.startswith(SM)]
        if [c.tag for c in own] not in ([SM + "loc"], [SM + "loc", SM + "lastmod"]) or list(e)[:len(own)] != own: wrong.append(f"{[c.tag for c in e]}")
        url = location(e, wrong)
        if url in seen: wrong.append(f"twice {url}")
        seen.add(url)
        lastmod(e, wrong)
        pictures = e.findall(IMAGE + "image")
        if len(pictures) > 1000: wrong.append("over 1,000 pictures")
        for p in pictures:
            if [c.tag for c in p] != [IMAGE + "loc"] or not absolute(p[0].text): wrong.append(f"picture {[c.tag for c in p]}")
        others = [c.tag for c in e if not c.tag.startswith((SM, IMAGE, NEWS))]
        if others: wrong.append(f"strangers {others}")
    return wrong


def news_sitemap(text, now):
    """At most 1,000 stories of two days, each with publication (name, language), date to the second, and title."""
    wrong, root = sitemap(text, empty=True), ET.fromstring(text)
    if len(root) > 1000: wrong.append("over 1,000")
    for e in root:
        news = e.findall(NEWS + "news")
        if len(news) != 1 or [c.tag for c in news[0]] != [NEWS + "publication", NEWS + "publication_date", NEWS + "title"]:
            wrong.append(f"news {[c.tag for n in news for c in n]}")
            continue
        publication, date, title = news[0]
        if [c.tag for c in publication] != [NEWS + "name", NEWS + "language"] or not publication[0].text: wrong.append("publication")
        elif not re.fullmatch(r"[a-z]{2,3}|zh-cn|zh-tw", publication[1].text or ""): wrong.append(f"language {publication[1].text!r}")
        if not TO_SECOND.fullmatch(date.text or ""): wrong.append(f"date {date.text!r}")
        elif not 0 <= now - datetime.datetime.fromisoformat(date.text.replace("Z", "+00:00")).timestamp() <= 48 * 3600: wrong.append(f"older than two days: {date.text}")
        if not (title.text or "").strip(): wrong.append("no title")
    return wrong


class Markup(html.parser.HTMLParser):
    """What may not stand in an item's markup: references that are not absolute, script, style, events."""
    def __init__(self, text):
        super().__init__()
        self.wrong = []
        self.feed(text or "")

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "iframe", "object", "embed", "form", "meta", "link", "base"): self.wrong.append(f"<{tag}> in an item")
        for name, value in attrs:
            if name.startswith("on") or name == "style": self.wrong.append(f"{name}= in an item")
            if name in ("href", "src", "cite") and not (absolute(value) or (value or "").startswith(("mailto:", "tel:"))): self.wrong.append(f"relative {name}={value!r}")


def rss(text, self_url):
    wrong, root = [], ET.fromstring(text)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or len(root) != 1: return [f"root {root.tag}"]
    for name in ("title", "link", "description"):
        if len(channel.findall(name)) != 1 or not channel.findtext(name): wrong.append(f"channel needs one {name}")
    if not absolute(channel.findtext("link")): wrong.append("channel's link")
    for name in ("pubDate", "lastBuildDate"):
        if channel.find(name) is not None and not RFC822.fullmatch(channel.findtext(name)): wrong.append(f"{name} {channel.findtext(name)!r}")
    own = [l for l in channel.findall(ATOM + "link") if l.get("rel") == "self"]
    if len(own) != 1 or own[0].get("href") != self_url or own[0].get("type") != "application/rss+xml": wrong.append(f"atom:link self {[l.attrib for l in own]}")
    language = channel.findtext("language")
    if language and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", language): wrong.append(f"language {language!r}")
    guids = set()
    for item in channel.findall("item"):
        if not item.findtext("title") and not item.findtext("description"): wrong.append("an item without title and description")
        if not absolute(item.findtext("link")): wrong.append(f"link {item.findtext('link')!r}")
        guid = item.find("guid")
        if guid is None or not guid.text or guid.text in guids: wrong.append("guid")
        else:
            guids.add(guid.text)
            if guid.get("isPermaLink", "true") == "true" and not absolute(guid.text): wrong.append(f"a guid that is no link: {guid.text}")
        date = item.findtext("pubDate") or ""
        if not RFC822.fullmatch(date) or email.utils.parsedate_to_datetime(date).strftime("%a") != date[:3]: wrong.append(f"pubDate {date!r}")
        author = item.findtext("author")
        if author is not None and "@" not in author: wrong.append(f"author without an address: {author!r}")
        enclosures = item.findall("enclosure")
        if len(enclosures) > 1: wrong.append("two enclosures")
        for e in enclosures:
            if not absolute(e.get("url")) or not re.fullmatch(r"\d+", e.get("length") or "") or "/" not in (e.get("type") or ""): wrong.append(f"enclosure {e.attrib}")
        wrong += Markup(item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")).wrong
    return wrong


def atom(text, self_url):
    wrong, root, ids = [], ET.fromstring(text), set()
    if root.tag != ATOM + "feed": return [f"root {root.tag}"]
    def one(e, name, date=False):
        found = e.findall(ATOM + name)
        if len(found) != 1 or not found[0].text: wrong.append(f"{e.tag} needs one {name}")
        elif date and not RFC3339.fullmatch(found[0].text): wrong.append(f"{name} {found[0].text!r}")
        return found[0].text if found else ""
    def links(e):
        for l in e.findall(ATOM + "link"):
            if not absolute(l.get("href")): wrong.append(f"link {l.attrib}")
        return [l for l in e.findall(ATOM + "link") if l.get("rel", "alternate") == "alternate"]
    one(root, "id"), one(root, "title"), one(root, "updated", True)
    own = [l.get("href") for l in root.findall(ATOM + "link") if l.get("rel") == "self"]
    if own != [self_url]: wrong.append(f"self {own}")
    links(root)
    has_author = root.find(f"{ATOM}author/{ATOM}name") is not None
    for e in root.findall(ATOM + "entry"):
        name = one(e, "id")
        if name in ids or not re.match(r"[a-z][a-z0-9+.-]*:", name): wrong.append(f"id {name!r}")
        ids.add(name)
        one(e, "title"), one(e, "updated", True)
        if e.find(ATOM + "published") is not None: one(e, "published", True)
        if len(links(e)) != 1: wrong.append("an entry wants one alternate")
        if not has_author and e.find(f"{ATOM}author/{ATOM}name") is None: wrong.append("no author")
        content = e.find(ATOM + "content")
        if content is not None and content.get("type") not in ("html", "text", "xhtml"): wrong.append(f"content {content.attrib}")
        if content is not None and content.get("type") == "html": wrong += Markup(content.text).wrong
        for a in e.findall(ATOM + "author"):
            if not a.findtext(ATOM + "name"): wrong.append("an author without a name")
    for t in root.findall(TOMB + "deleted-entry"):
        if not t.get("ref") or not RFC3339.fullmatch(t.get("when") or ""): wrong.append(f"deleted {t.attrib}")
    return wrong


def jsonfeed(text, self_url):
    wrong, feed, ids = [], json.loads(text), set()
    if feed.get("version") != "https://jsonfeed.org/version/1.1": wrong.append("version")
    if not feed.get("title"): wrong.append("title")
    if feed.get("feed_url") != self_url or not absolute(feed.get("home_page_url")): wrong.append("feed_url, home_page_url")
    for item in feed.get("items", [None]):
        if not isinstance(item.get("id"), str) or item["id"] in ids: wrong.append("id")
        ids.add(item.get("id"))
        if not ("content_html" in item or "content_text" in item): wrong.append("no content")
        for key in ("url", "image", "external_url"):
            if key in item and not absolute(item[key]): wrong.append(f"{key} {item[key]!r}")
        for key in ("date_published", "date_modified"):
            if key in item and not RFC3339.fullmatch(item[key]): wrong.append(f"{key} {item[key]!r}")
        if not all(isinstance(a, dict) and a.keys() & {"name", "url", "avatar"} for a in item.get("authors", [])): wrong.append("authors")
        if not all(isinstance(t, str) for t in item.get("tags", [])): wrong.append("tags")
        for a in item.get("attachments", []):
            if not absolute(a.get("url")) or "/" not in a.get("mime_type", ""): wrong.append(f"attachment {a}")
        wrong += Markup(item.get("content_html")).wrong
    return wrong


# JSON-LD: of the types that we write, the properties that schema.org gives them (26.0), and what Google wants and asks for of an article, a crumb list, an organisation.
THING = {"name", "url", "description", "image", "sameAs", "mainEntityOfPage", "@id", "@type", "@context", "alternateName", "identifier", "potentialAction"}
WORK = THING | {"headline", "datePublished", "dateModified", "author", "publisher", "sourceOrganization", "creditText", "copyrightNotice", "inLanguage", "isAccessibleForFree", "keywords", "correction", "hasPart", "text",
                "thumbnailUrl", "about", "mentions", "abstract", "isPartOf", "commentCount", "comment", "dateCreated", "license", "usageInfo", "encoding", "contentLocation", "editor", "contributor", "locationCreated"}
ARTICLE = WORK | {"articleSection", "articleBody", "backstory", "speakable", "wordCount"}
ORGANISATION = THING | {"legalName", "foundingDate", "address", "logo", "publishingPrinciples", "contactPoint", "email", "telephone", "correctionsPolicy", "ethicsPolicy", "ownershipFundingInfo", "actionableFeedbackPolicy", "parentOrganization"}
TYPES = {
    "NewsArticle": ARTICLE | {"dateline", "printSection"}, "LiveBlogPosting": ARTICLE | {"coverageStartTime", "coverageEndTime", "liveBlogUpdate"}, "BlogPosting": ARTICLE,
    "Organization": ORGANISATION, "NewsMediaOrganization": ORGANISATION | {"masthead", "verificationFactCheckingPolicy", "missionCoveragePrioritiesPolicy", "noBylinesPolicy", "unnamedSourcesPolicy"},
    "Person": THING | {"jobTitle", "worksFor"}, "ImageObject": WORK | {"width", "height", "caption", "contentUrl", "acquireLicensePage", "creator", "license"}, "ProfilePage": WORK | {"mainEntity"},
    "WebPage": WORK | {"breadcrumb", "cssSelector"}, "WebPageElement": WORK | {"cssSelector"}, "WebSite": WORK, "SearchAction": THING | {"target", "query-input", "query"}, "EntryPoint": THING | {"urlTemplate"}, "CorrectionComment": WORK, "BreadcrumbList": THING | {"itemListElement", "numberOfItems"},
    "ListItem": THING | {"position", "item"}, "ContactPoint": THING | {"contactType", "email", "telephone", "areaServed", "availableLanguage"}, "Place": THING | {"address", "geo"}, "CollectionPage": WORK | {"mainEntity"},
    "ItemList": THING | {"itemListElement", "numberOfItems"}, "SpeakableSpecification": THING | {"cssSelector"},
}
LINKS = {"url", "@id", "item", "publishingPrinciples", "correctionsPolicy", "ethicsPolicy", "verificationFactCheckingPolicy", "ownershipFundingInfo", "masthead", "actionableFeedbackPolicy", "contentUrl"}


def jsonld(v, at="$"):
    """Types and properties that schema.org does not have, links that are not absolute."""
    if isinstance(v, list): return sum((jsonld(x, f"{at}[{i}]") for i, x in enumerate(v)), [])
    if not isinstance(v, dict): return []
    kind, wrong = v.get("@type"), []
    kinds = kind if isinstance(kind, list) else [kind]
    known = set().union(*(TYPES.get(k, set()) for k in kinds)) if all(k in TYPES for k in kinds) else None
    if known is None and set(v) != {"@id"}: wrong.append(f"{at}: type {kind!r}")
    for key, x in v.items():
        if known is not None and key not in known: wrong.append(f"{at}.{key} is none of {kind}")
        if key in LINKS and isinstance(x, str) and not absolute(x): wrong.append(f"{at}.{key} {x!r}")
        wrong += jsonld(x, f"{at}.{key}")
    return wrong


def google_article(v):
    """Google Search Central, Article: nothing is required; recommended: author (name, url), dates with a zone, headline, image of 50,000 pixels and in three shapes."""
    wrong = []
    for author in v.get("author", []):
        if not author.get("name") or author.get("@type") not in ("Person", "Organization", "NewsMediaOrganization"): wrong.append(f"author {author}")
    if not v.get("author"): wrong.append("author")
    for key in ("datePublished", "dateModified"):
        if not RFC3339.fullmatch(v.get(key, "")): wrong.append(key)
    if not v.get("headline"): wrong.append("headline")
    images = v.get("image")
    if not images: wrong.append("image")
    for i in images or []:
        if not absolute(i if isinstance(i, str) else i.get("url")): wrong.append(f"image {i}")
    if not v.get("publisher", {}).get("name"): wrong.append("publisher")
    return wrong


def google_breadcrumb(v):
    """At least two items; position, name, and item but for the last."""
    items = v.get("itemListElement", [])
    return [f"item {i}" for i, x in enumerate(items) if x.get("position") != i + 1 or not x.get("name") or (i + 1 < len(items) and not absolute(x.get("item")))] + (["under two"] if len(items) < 2 else [])
