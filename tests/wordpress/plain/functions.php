<?php
add_theme_support('post-formats', ['aside', 'gallery']);
add_theme_support('post-thumbnails');
add_theme_support('automatic-feed-links');
