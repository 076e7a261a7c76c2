"""The models behind the routes: loaded, admitted to, answering, replaced."""
