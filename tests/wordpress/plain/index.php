<!DOCTYPE html><html><head><?php wp_head(); ?></head><body>
<?php while (have_posts()) { the_post(); ?>
<article><h2><a href="<?php the_permalink(); ?>"><?php the_title(); ?></a></h2><p><?php the_author_posts_link(); the_category(' '); the_tags(); ?></p><?php the_post_thumbnail(); is_singular() ? the_content() : the_excerpt(); wp_link_pages(); if (is_singular()) comments_template('/comments.php'); ?></article>
<?php } echo paginate_links(); wp_get_archives(['type' => 'monthly']); wp_list_categories(); wp_list_pages(); wp_footer(); ?>
</body></html>
