<?php

/**
 * Functions of PHP that are meant for a web server and do nothing in php-cli. The server starts PHP with
 * `disable_functions`, which since PHP 8.0 leaves their names free.
 */

declare(strict_types=1);

use Treeway\Worker\Output;
use Treeway\Worker\Response;

if (!function_exists('header')) {
    function header(string $header, bool $replace = true, int $response_code = 0): void
    {
        Response::current()->add($header, $replace, $response_code);
    }
}

if (!function_exists('header_remove')) {
    function header_remove(?string $name = null): void
    {
        Response::current()->remove($name);
    }
}

if (!function_exists('headers_list')) {
    function headers_list(): array
    {
        return Response::current()->toLines();
    }
}

if (!function_exists('headers_sent')) {
    function headers_sent(&$filename = null, &$line = null): bool
    {
        return Response::current()->isSent;
    }
}

if (!function_exists('http_response_code')) {
    function http_response_code(int $response_code = 0): int|bool
    {
        $before = Response::current()->status;
        if ($response_code > 0) {
            Response::current()->status = $response_code;
            return $before ?? true;
        }
        return $before ?? 200;
    }
}

if (!function_exists('setrawcookie')) {
    function setrawcookie(
        string $name,
        string $value = '',
        int|array $expires_or_options = 0,
        string $path = '',
        string $domain = '',
        bool $secure = false,
        bool $httponly = false
    ): bool {
        $options = is_array($expires_or_options)
            ? array_change_key_case($expires_or_options)
            : ['expires' => $expires_or_options, 'path' => $path, 'domain' => $domain, 'secure' => $secure, 'httponly' => $httponly];
        $expires = (int) ($options['expires'] ?? 0);
        $line = 'Set-Cookie: ' . $name . '=' . ($value === '' ? 'deleted' : $value);
        if ($value === '') {
            $expires = 1;
        }
        if ($expires > 0) {
            $line .= '; expires=' . gmdate('D, d M Y H:i:s', $expires) . ' GMT; Max-Age=' . max(0, $expires - time());
        }
        foreach (['path', 'domain', 'samesite'] as $key) {
            if (($options[$key] ?? '') !== '') {
                $line .= '; ' . ($key === 'samesite' ? 'SameSite' : $key) . '=' . $options[$key];
            }
        }
        $line .= ($options['secure'] ?? false) ? '; secure' : '';
        $line .= ($options['httponly'] ?? false) ? '; HttpOnly' : '';
        Response::current()->add($line, false, 0);
        return true;
    }
}

if (!function_exists('setcookie')) {
    function setcookie(
        string $name,
        string $value = '',
        int|array $expires_or_options = 0,
        string $path = '',
        string $domain = '',
        bool $secure = false,
        bool $httponly = false
    ): bool {
        return setrawcookie($name, rawurlencode($value), $expires_or_options, $path, $domain, $secure, $httponly);
    }
}

if (!function_exists('error_log')) {
    function error_log(string $message, int $message_type = 0, ?string $destination = null, ?string $additional_headers = null): bool
    {
        if ($message_type === 3 && $destination !== null) {
            return file_put_contents($destination, $message, FILE_APPEND) !== false;
        }
        Output::log('err', $message);
        return true;
    }
}
