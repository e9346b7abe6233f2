<?php
/* A plugin's own kinds of post, as sites have them: articles that are public, notes of the newsroom that are not. */
add_action('init', function () {
    register_post_type('article', ['public' => true, 'label' => 'Articles', 'has_archive' => true, 'rewrite' => ['slug' => 'articles'], 'supports' => ['title', 'editor', 'author', 'comments', 'thumbnail'], 'taxonomies' => ['category', 'post_tag']]);
    register_post_type('desk_note', ['public' => false, 'label' => 'Notes', 'can_export' => true]);
});
