<?php wp_list_comments(); paginate_comments_links();
