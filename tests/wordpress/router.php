<?php
/* php -S asks here first: what is a file is given as one, all else is WordPress's, which believes itself behind the door of https://old.example.org. */
$_SERVER['HTTPS'] = 'on';
$_SERVER['HTTP_HOST'] = 'old.example.org';
$_SERVER['SERVER_PORT'] = '443';
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
if ($path !== '/' && strpos($path, '..') === false && is_file(__DIR__ . $path)) return false;
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require __DIR__ . '/index.php';
