<?php
/* The old site, made by WordPress's own functions: install | fill COUNT | permalinks PATTERN | links | export. What is told goes to standard output, as JSON; an export as WordPress writes it. */
if (PHP_SAPI !== 'cli') exit;
$_SERVER += ['HTTPS' => 'on', 'HTTP_HOST' => 'old.example.org', 'REQUEST_URI' => '/', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
error_reporting(E_ALL & ~E_DEPRECATED);
if ($argv[1] === 'install') {
    define('WP_INSTALLING', true);
    function wp_new_blog_notification() {}
}
require __DIR__ . '/wp-load.php';
foreach (['upgrade', 'image', 'export', 'taxonomy'] as $part) require_once ABSPATH . "wp-admin/includes/$part.php";

function install()
{
    wp_install('Quillmere Post', 'editor', 'editor@mail.example', true, '', 'none of it', 'en_GB');
    switch_theme('plain');
    update_option('thread_comments', 1);
    update_option('page_comments', 1);
    update_option('comments_per_page', 3);
    update_option('posts_per_page', 10);
    update_option('timezone_string', 'Europe/Berlin');
}

function made($id)
{
    if (is_wp_error($id)) throw new Exception($id->get_error_message());
    if (!$id) throw new Exception('WordPress has made nothing');
    return $id;
}

/* ---- who, what, under which words ---- */
function authors()
{
    $out = [get_user_by('login', 'editor')->ID];
    foreach ([['asha', 'Asha Rao'], ['bela.novak', 'Béla Novák'], ['c_olsen', 'C. Olsen'], ['Dora@desk.example', 'Dora & Sons'], ['eve', 'ईवा शर्मा']] as [$login, $name])
        $out[] = made(wp_insert_user(['user_login' => $login, 'user_pass' => 'none', 'user_email' => sanitize_title($login) . '@mail.example', 'display_name' => $name, 'role' => 'author']));
    return $out;
}

function categories()
{
    $rows = [['Sport', 'sport', ''], ['Rowing', 'rowing', 'sport'], ['Eights & Fours', 'eights', 'rowing'], ['Culture', 'culture', ''], ['Feature <Long>', 'long-reads', 'culture'],
             ['Überblick', '', ''], ['हिन्दी', '', ''], ['City Agency', 'city-agency', ''], ['Empty', 'empty', ''], ['Hidden desk', 'hidden-desk', '']];
    $ids = [];
    foreach ($rows as [$name, $slug, $above])
        $ids[$name] = made(wp_insert_term($name, 'category', ['slug' => $slug, 'parent' => $above ? get_term_by('slug', $above, 'category')->term_id : 0]))['term_id'];
    return $ids;
}

const TAGS = ['fog', 'Sea fog', 'R&D', 'Ärger', 'नदी', 'سفن', 'c++', 'C#', "O'Hara", '2024', 'harbour "deep"'];

function pictures()
{
    $out = [];
    foreach ([['Light house.jpg', 700, 500], ['Füße im Wasser.jpg', 640, 480], ['scan.png', 400, 300], ['huge.jpg', 2700, 1800], ['of-a-draft.jpg', 500, 400]] as $k => [$name, $w, $h]) {
        $image = imagecreatetruecolor($w, $h);
        for ($x = 0; $x < $w; $x += 20) imagefilledrectangle($image, $x, 0, $x + 10, $h, imagecolorallocate($image, $x % 256, 40 * $k, 90));
        ob_start();
        str_ends_with($name, 'png') ? imagepng($image) : imagejpeg($image, null, 60);
        $file = wp_upload_bits($name, null, ob_get_clean(), '2024/0' . ($k + 1));
        $id = made(wp_insert_attachment(['post_mime_type' => wp_check_filetype($file['file'])['type'], 'post_title' => "Picture $k", 'post_excerpt' => "Caption of picture $k", 'guid' => $file['url']], $file['file'], 0, true));
        wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $file['file']));
        update_post_meta($id, '_wp_attachment_image_alt', "Picture $k, seen");
        $out[] = $id;
    }
    return $out;
}

/* Nine ways in which posts are written. */
function body($n, $pictures)
{
    $mark = "bodymark{$n}x";
    $picture = $pictures[$n % 4];
    switch ($n % 9) {
    case 0: return "<!-- wp:paragraph -->\n<p>First $mark &amp; more.</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:image {\"id\":$picture,\"sizeSlug\":\"medium\"} -->\n<figure class=\"wp-block-image size-medium\">" . wp_get_attachment_image($picture, 'medium') . "<figcaption>Under it</figcaption></figure>\n<!-- /wp:image -->\n\n<!-- wp:quote -->\n<blockquote class=\"wp-block-quote\"><p>Said so</p><cite>A woman</cite></blockquote>\n<!-- /wp:quote -->\n\n<!-- wp:latest-posts {\"postsToShow\":3} /-->";
    case 1: return "First line of $mark\r\nits second line\r\n\r\nA second paragraph with <strong>bold</strong> & <em>more</em>.";
    case 2: return "[caption id=\"attachment_$picture\" align=\"alignnone\" width=\"300\"]" . wp_get_attachment_image($picture, 'medium') . " Words under it[/caption]\n\nText $mark.\n\n[gallery ids=\"$picture,{$pictures[0]}\"]";
    case 3: return "Page one $mark.\n\n<!--nextpage-->\n\nPage two lasttext{$n}x.";
    case 4: return "The lead $mark.\n\n<!--more Read on-->\n\nBehind it lasttext{$n}x.\n\nhttps://video.example/watch?v=1\n\n[embed]https://video.example/2[/embed]";
    case 5: return "<h2>Heading</h2>\n<ul>\n<li>One $mark</li>\n<li>Two</li>\n</ul>\n<table><tr><th>Boat</th><td>4:20</td></tr></table>\n<script>alert('evil')</script><iframe src=\"https://video.example/\"></iframe><p onclick=\"x()\">Last.</p>";
    case 6: return "Ends ]]> here $mark, with \u{202E}turned\u{202C} text and 😀 and हिन्दी.\n\nBell \x08 in it.";
    case 7: return "<!-- wp:columns -->\n<div class=\"wp-block-columns\"><!-- wp:column -->\n<div class=\"wp-block-column\"><!-- wp:paragraph {\"dropCap\":true} -->\n<p class=\"has-drop-cap\">Column $mark.</p>\n<!-- /wp:paragraph --></div>\n<!-- /wp:column --></div>\n<!-- /wp:columns -->\n\n<!-- wp:shortcode -->\n[contact-form id=\"7\" title=\"Ask us\"]\n<!-- /wp:shortcode -->";
    default: return "<p>Plain $mark.</p><p>With a <a href=\"" . home_url('/about/') . "\">link</a> and <a href=\"javascript:alert(1)\">none</a>.</p>";
    }
}

const GUID_KEYS = ['agency_guid', '_newsml_guid', 'ninjs_guid', 'syndication_item_guid'];

function title($n)
{
    $kinds = ["Number $n of the harbour", "“Quoted” & number $n — it's here", "Nummer $n: Füße im Überfluss", "क्रमांक $n नदी पर", "<em>Set</em> in italics $n", "Fish &amp; chips, $n", "رقم $n"];
    return $kinds[$n % 7];
}

function comments_of($id, $n, &$told)
{
    $add = function ($what, $fields) use ($id, $n, &$told) {
        static $k = 0;
        $k++;
        $words = $what === 'shown' ? "commentmark{$k}x" : "hiddencomment{$k}x";
        $c = made(wp_insert_comment($fields + ['comment_post_ID' => $id, 'comment_author' => "Reader $k <b>", 'comment_author_email' => "reader$k@mail.example", 'comment_author_IP' => '203.0.113.' . $k % 250,
                  'comment_author_url' => 'https://reader.example/', 'comment_content' => "Well said, $words & more.\n\nSecond.", 'comment_approved' => 1, 'comment_type' => 'comment', 'comment_date_gmt' => '2026-02-01 10:00:0' . $k % 10]));
        $told[$what][] = $words;
        return $c;
    };
    $first = $add('shown', []);
    $answer = $add('shown', ['comment_parent' => $first, 'user_id' => 1]);
    $add('shown', ['comment_parent' => $answer]);
    for ($k = 0; $k < $n % 7; $k++) $add('shown', []);
    $add('hidden', ['comment_approved' => 0]);
    $add('hidden', ['comment_approved' => 'spam']);
    $add('hidden', ['comment_approved' => 'trash']);
    $add('hidden', ['comment_type' => 'pingback']);
    $add('hidden', ['comment_type' => 'trackback']);
}

function fill($count)
{
    global $wpdb;
    kses_remove_filters(); // an editor's posts may hold what they like
    $wpdb->query('SET autocommit = 0');
    wp_defer_term_counting(true);
    wp_defer_comment_counting(true);
    $authors = authors();
    $cats = categories();
    $pictures = pictures();
    $names = array_keys($cats);
    $posts = [];
    for ($n = 1; $n <= $count; $n++) {
        $told = ['n' => $n, 'shown' => [], 'hidden' => [], 'secret' => false, 'guid' => '', 'words' => ["bodymark{$n}x"]];
        $date = gmdate('Y-m-d H:i:s', gmmktime(6, 0, 0, 1, 1, 2024) + $n * 41000);
        $post = ['post_type' => 'post', 'post_status' => 'publish', 'post_title' => title($n), 'post_content' => body($n, $pictures), 'post_author' => $authors[$n % count($authors)], 'post_date_gmt' => $date, 'post_date' => get_date_from_gmt($date),
                 'post_category' => [$cats[$names[$n % 8]], $cats[$names[($n * 3) % 8]]], 'tags_input' => [TAGS[$n % count(TAGS)], TAGS[($n * 5) % count(TAGS)]], 'post_excerpt' => $n % 4 ? '' : "Excerpt of $n & more"];
        if ($n % 50 === 10) $post = ['post_content' => str_replace('bodymark', 'secretmark', $post['post_content']), 'post_title' => "Secrettitle{$n}x", 'post_status' => ['draft', 'private', 'future', 'pending', 'trash'][intdiv($n, 50) % 5], 'post_category' => [$cats['Hidden desk']], 'tags_input' => ['hidden tag']] + $post;
        if ($post['post_status'] === 'future') [$post['post_date_gmt'], $post['post_date']] = ['2038-01-01 10:00:00', '2038-01-01 11:00:00'];
        if ($n % 50 === 20) $post = ['post_password' => 'hush', 'post_content' => "secretmark{$n}x", 'post_title' => "Secrettitle{$n}x", 'post_category' => [$cats['Hidden desk']]] + $post;
        if ($n % 50 === 30) $post['post_type'] = 'page';
        if ($n % 50 === 40) $post['post_type'] = 'article';
        if ($n % 100 === 45) $post = ['post_type' => 'desk_note', 'post_content' => "secretmark{$n}x", 'post_title' => "Secrettitle{$n}x"] + $post;
        if ($n % 100 === 47) $post['post_title'] = '';
        if ($post['post_type'] === 'page') $post['post_parent'] = $n > 100 ? $posts[30]['id'] : 0;
        $id = made(wp_insert_post(wp_slash($post), true));
        $told['secret'] = strpos($post['post_content'], 'secretmark') !== false;
        if ($n % 5 === 0 && !$told['secret'] && $post['post_type'] === 'post') add_post_meta($id, GUID_KEYS[intdiv($n, 5) % 4], $told['guid'] = "tag:city.example,2024:$n");
        if ($n % 11 === 0) set_post_thumbnail($id, $told['secret'] ? $pictures[4] : $pictures[$n % 4]);
        if ($n % 12 === 0) comments_of($id, $n, $told);
        if ($n % 30 === 1) wp_update_post(wp_slash(['ID' => $id, 'post_content' => $post['post_content'] . "\n\n<p>Changed lasttext{$n}x.</p>"])) && ($told['words'][] = "lasttext{$n}x");
        if ($n % 9 === 3 || $n % 9 === 4) $told['words'][] = "lasttext{$n}x";
        if ($n % 40 === 2) set_post_format($id, 'aside');
        if ($n === 77) stick_post($id);
        if ($n % 60 === 3 && !$told['secret']) wp_update_post(['ID' => $id, 'post_name' => "renamed-$n"]);
        update_post_meta($id, '_edit_lock', '1:1');
        update_post_meta($id, '_seo_description', "secretmeta{$n}x");
        $posts[$n] = $told + ['id' => $id, 'kind' => $post['post_type'], 'status' => get_post_status($id), 'date' => $date, 'author' => get_the_author_meta('display_name', $post['post_author'])];
    }
    wp_defer_term_counting(false);
    wp_defer_comment_counting(false);
    $wpdb->query('COMMIT');
    return array_values($posts);
}

/* Called twice where bases change: they are known from the next start on. */
function permalinks($pattern, $category_base = '', $tag_base = '')
{
    global $wp_rewrite;
    $wp_rewrite->set_category_base($category_base);
    $wp_rewrite->set_tag_base($tag_base);
    $wp_rewrite->set_permalink_structure($pattern);
    $wp_rewrite->flush_rules(false);
    return true;
}

/* Every address that WordPress itself gives to what is public, by its number. */
function links()
{
    $out = ['posts' => [], 'terms' => [], 'authors' => [], 'pictures' => []];
    foreach (get_posts(['numberposts' => -1, 'post_type' => ['post', 'page', 'article'], 'post_status' => 'publish', 'has_password' => false]) as $p)
        $out['posts'][$p->ID] = ['link' => get_permalink($p), 'title' => html_entity_decode(wp_strip_all_tags(get_the_title($p)), ENT_QUOTES | ENT_HTML5), 'feed' => get_post_comments_feed_link($p->ID), 'before' => get_post_meta($p->ID, '_wp_old_slug', true)];
    $out['shut'] = array_map(fn($p) => ['link' => get_permalink($p)], get_posts(['numberposts' => -1, 'post_type' => 'any', 'post_status' => 'publish', 'has_password' => true]));
    $out['month'] = get_month_link(2024, 6);
    foreach (get_terms(['taxonomy' => ['category', 'post_tag'], 'hide_empty' => true]) as $t)
        $out['terms'][] = ['link' => get_term_link($t), 'feed' => get_term_feed_link($t->term_id, $t->taxonomy), 'name' => html_entity_decode($t->name), 'count' => $t->count, 'slug' => $t->slug, 'what' => $t->taxonomy, 'id' => $t->term_id];
    foreach (get_users(['has_published_posts' => ['post']]) as $u) $out['authors'][] = ['link' => get_author_posts_url($u->ID), 'feed' => get_author_feed_link($u->ID), 'name' => $u->display_name, 'id' => $u->ID];
    foreach (get_posts(['numberposts' => -1, 'post_type' => 'attachment', 'post_status' => 'inherit']) as $p) {
        $files = [wp_get_attachment_url($p->ID)];
        foreach (wp_get_attachment_metadata($p->ID)['sizes'] ?? [] as $s) $files[] = dirname($files[0]) . '/' . rawurlencode($s['file']);
        $out['pictures'][] = ['id' => $p->ID, 'files' => $files, 'page' => get_permalink($p)];
    }
    return $out;
}

switch ($argv[1]) {
case 'install': install(); break;
case 'fill': echo json_encode(fill((int) $argv[2]), JSON_UNESCAPED_UNICODE); break;
case 'permalinks': permalinks(...array_slice($argv, 2)); break;
case 'links': echo json_encode(links(), JSON_UNESCAPED_UNICODE); break;
case 'export': export_wp(['content' => 'all']); break;
default: exit(64);
}
