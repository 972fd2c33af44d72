--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: acts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.acts (
    id integer NOT NULL,
    what character varying(255) NOT NULL,
    by character varying(255) NOT NULL,
    via character varying(255) NOT NULL,
    at timestamp without time zone NOT NULL,
    undone_at timestamp without time zone,
    undone_by character varying(255)
);


--
-- Name: acts_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.acts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: acts_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.acts_id_seq OWNED BY public.acts.id;


--
-- Name: alembic_version; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);


--
-- Name: benches; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.benches (
    id integer NOT NULL,
    act_id integer NOT NULL,
    card_id integer NOT NULL,
    by character varying(255) NOT NULL,
    site character varying(255) NOT NULL,
    build character varying(255) NOT NULL,
    wanted integer NOT NULL,
    taken integer DEFAULT 0 NOT NULL,
    until timestamp without time zone NOT NULL,
    created_at timestamp without time zone NOT NULL,
    ended_at timestamp without time zone,
    ended_by character varying(255),
    slot integer DEFAULT 1 NOT NULL
);


--
-- Name: benches_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.benches_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: benches_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.benches_id_seq OWNED BY public.benches.id;


--
-- Name: cards; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.cards (
    id integer NOT NULL,
    key character varying(255) NOT NULL,
    channel character varying(255) NOT NULL,
    site character varying(255) NOT NULL,
    build character varying(255) NOT NULL,
    registered_by character varying(255) NOT NULL,
    note character varying(255) NOT NULL,
    created_at timestamp without time zone NOT NULL,
    ts character varying(255),
    kind character varying(255) DEFAULT 'batch'::character varying NOT NULL,
    thread_ts character varying(255)
);


--
-- Name: cards_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.cards_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: cards_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.cards_id_seq OWNED BY public.cards.id;


--
-- Name: channels; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.channels (
    id character varying(255) NOT NULL,
    free_at timestamp without time zone NOT NULL,
    leased_until timestamp without time zone,
    holder character varying(255),
    paused_at timestamp without time zone,
    last_ts character varying(255)
);


--
-- Name: counters; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.counters (
    pattern character varying(255) NOT NULL,
    last integer NOT NULL
);


--
-- Name: credentials; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.credentials (
    id integer NOT NULL,
    site character varying(255),
    opens character varying(255) NOT NULL,
    digest character varying(255) NOT NULL,
    made_at timestamp without time zone NOT NULL,
    used_at timestamp without time zone,
    revoked_at timestamp without time zone,
    build character varying(255)
);


--
-- Name: credentials_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.credentials_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: credentials_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.credentials_id_seq OWNED BY public.credentials.id;


--
-- Name: documents; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.documents (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    alt character varying(255) DEFAULT ''::character varying NOT NULL,
    content bytea NOT NULL,
    created_at timestamp without time zone NOT NULL
);


--
-- Name: documents_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.documents_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: documents_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.documents_id_seq OWNED BY public.documents.id;


--
-- Name: events; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.events (
    id integer NOT NULL,
    registration_id integer NOT NULL,
    what character varying(255) NOT NULL,
    by character varying(255),
    at timestamp without time zone NOT NULL,
    before json,
    after json,
    act_id integer
);


--
-- Name: events_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: events_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.events_id_seq OWNED BY public.events.id;


--
-- Name: exposures; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.exposures (
    credential_id integer NOT NULL,
    site character varying(255) NOT NULL,
    build character varying(255) NOT NULL,
    host character varying(255) NOT NULL,
    at timestamp without time zone NOT NULL
);


--
-- Name: good_templates; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.good_templates (
    name character varying(255) NOT NULL,
    source bytea NOT NULL,
    at timestamp without time zone NOT NULL
);


--
-- Name: heartbeats; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.heartbeats (
    process character varying(255) NOT NULL,
    part character varying(255) NOT NULL,
    host character varying(255) NOT NULL,
    started_at timestamp without time zone NOT NULL,
    beat_at timestamp without time zone NOT NULL,
    patience integer NOT NULL,
    doing character varying(255) DEFAULT ''::character varying NOT NULL
);


--
-- Name: imports; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.imports (
    id integer NOT NULL,
    card_id integer,
    act_id integer,
    once character varying(255),
    by character varying(255) NOT NULL,
    via character varying(255) NOT NULL,
    state character varying(255) NOT NULL,
    site character varying(255),
    build character varying(255),
    note character varying(255) DEFAULT ''::character varying NOT NULL,
    sources json NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    reading json,
    shown json,
    created_at timestamp without time zone NOT NULL,
    settled_at timestamp without time zone,
    settled_by character varying(255)
);


--
-- Name: imports_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.imports_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: imports_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.imports_id_seq OWNED BY public.imports.id;


--
-- Name: jobs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.jobs (
    id integer NOT NULL,
    what character varying(255) NOT NULL,
    facts json NOT NULL,
    due_at timestamp without time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    leased_until timestamp without time zone,
    holder character varying(255)
);


--
-- Name: jobs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.jobs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: jobs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.jobs_id_seq OWNED BY public.jobs.id;


--
-- Name: known_clients; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.known_clients (
    digest bytea NOT NULL,
    last_good_at timestamp without time zone NOT NULL
);


--
-- Name: looks; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.looks (
    what character varying(255) NOT NULL,
    at timestamp without time zone NOT NULL
);


--
-- Name: notifications; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.notifications (
    id integer NOT NULL,
    key character varying(255) NOT NULL,
    channel character varying(255) NOT NULL,
    kind character varying(255) NOT NULL,
    card_id integer,
    registration_id integer,
    facts json NOT NULL,
    once character varying(255),
    occurred_at timestamp without time zone NOT NULL,
    state character varying(255) DEFAULT 'owed'::character varying NOT NULL,
    in_doubt boolean DEFAULT false NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    attempted_at timestamp without time zone,
    settled_at timestamp without time zone,
    ts character varying(255),
    reason character varying(255),
    thread_id integer,
    due_at timestamp without time zone,
    retry_at timestamp without time zone,
    lost_at timestamp without time zone,
    after_ts character varying(255)
);


--
-- Name: notifications_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.notifications_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: notifications_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.notifications_id_seq OWNED BY public.notifications.id;


--
-- Name: promised_scripts; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.promised_scripts (
    site character varying(255) NOT NULL,
    build character varying(255) NOT NULL,
    digest character varying(255) NOT NULL,
    fenced boolean NOT NULL,
    token text NOT NULL,
    content bytea NOT NULL,
    until timestamp without time zone NOT NULL
);


--
-- Name: refusals; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.refusals (
    day character varying(255) NOT NULL,
    address character varying(255) NOT NULL,
    reason character varying(255) NOT NULL,
    count integer DEFAULT 1 NOT NULL,
    last_at timestamp without time zone NOT NULL
);


--
-- Name: registrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.registrations (
    id integer NOT NULL,
    serial character varying(255) NOT NULL,
    reported_as character varying(255),
    site character varying(255) NOT NULL,
    build character varying(255) NOT NULL,
    state character varying(255) NOT NULL,
    registered_by character varying(255),
    channel character varying(255) NOT NULL,
    card_id integer,
    revision integer NOT NULL,
    created_at timestamp without time zone NOT NULL,
    changed_at timestamp without time zone NOT NULL,
    confirmed_at timestamp without time zone,
    closed_at timestamp without time zone,
    heard_at timestamp without time zone,
    step character varying(255),
    mentioned_at timestamp without time zone,
    computer_name character varying(255),
    named_for character varying(255)
);


--
-- Name: registrations_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.registrations_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: registrations_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.registrations_id_seq OWNED BY public.registrations.id;


--
-- Name: restores; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.restores (
    id integer NOT NULL,
    taken_at timestamp without time zone NOT NULL,
    restored_at timestamp without time zone NOT NULL
);


--
-- Name: restores_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.restores_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: restores_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.restores_id_seq OWNED BY public.restores.id;


--
-- Name: revisions; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.revisions (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    registration_id integer,
    by character varying(255),
    via character varying(255) NOT NULL,
    at timestamp without time zone NOT NULL,
    before bytea,
    after bytea
);


--
-- Name: revisions_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.revisions_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: revisions_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.revisions_id_seq OWNED BY public.revisions.id;


--
-- Name: strangers; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.strangers (
    id integer NOT NULL,
    serial character varying(255) NOT NULL,
    reported_as character varying(255) NOT NULL,
    card_id integer NOT NULL,
    first_at timestamp without time zone NOT NULL,
    last_at timestamp without time zone NOT NULL,
    settled_at timestamp without time zone,
    settled_by character varying(255),
    registration_id integer
);


--
-- Name: strangers_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.strangers_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: strangers_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.strangers_id_seq OWNED BY public.strangers.id;


--
-- Name: acts id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.acts ALTER COLUMN id SET DEFAULT nextval('public.acts_id_seq'::regclass);


--
-- Name: benches id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.benches ALTER COLUMN id SET DEFAULT nextval('public.benches_id_seq'::regclass);


--
-- Name: cards id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cards ALTER COLUMN id SET DEFAULT nextval('public.cards_id_seq'::regclass);


--
-- Name: credentials id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credentials ALTER COLUMN id SET DEFAULT nextval('public.credentials_id_seq'::regclass);


--
-- Name: documents id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.documents ALTER COLUMN id SET DEFAULT nextval('public.documents_id_seq'::regclass);


--
-- Name: events id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events ALTER COLUMN id SET DEFAULT nextval('public.events_id_seq'::regclass);


--
-- Name: imports id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports ALTER COLUMN id SET DEFAULT nextval('public.imports_id_seq'::regclass);


--
-- Name: jobs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs ALTER COLUMN id SET DEFAULT nextval('public.jobs_id_seq'::regclass);


--
-- Name: notifications id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications ALTER COLUMN id SET DEFAULT nextval('public.notifications_id_seq'::regclass);


--
-- Name: registrations id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations ALTER COLUMN id SET DEFAULT nextval('public.registrations_id_seq'::regclass);


--
-- Name: restores id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.restores ALTER COLUMN id SET DEFAULT nextval('public.restores_id_seq'::regclass);


--
-- Name: revisions id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions ALTER COLUMN id SET DEFAULT nextval('public.revisions_id_seq'::regclass);


--
-- Name: strangers id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.strangers ALTER COLUMN id SET DEFAULT nextval('public.strangers_id_seq'::regclass);


--
-- Data for Name: acts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.acts VALUES (1, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:10.317571', NULL, NULL);
INSERT INTO public.acts VALUES (2, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:11.356997', NULL, NULL);
INSERT INTO public.acts VALUES (3, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:11.558972', NULL, NULL);
INSERT INTO public.acts VALUES (4, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:11.680751', NULL, NULL);
INSERT INTO public.acts VALUES (5, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:11.911012', NULL, NULL);
INSERT INTO public.acts VALUES (6, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:12.111431', NULL, NULL);
INSERT INTO public.acts VALUES (7, 'registered', 'U0ALICE', 'command', '2026-11-26 22:09:12.359287', NULL, NULL);
INSERT INTO public.acts VALUES (8, 'cancelled', 'U0ALICE', 'command', '2026-11-26 22:09:12.461682', NULL, NULL);
INSERT INTO public.acts VALUES (9, 'moved', 'U0ALICE', 'command', '2026-11-26 22:09:12.71532', NULL, NULL);
INSERT INTO public.acts VALUES (10, 'benched', 'U0ALICE', 'command', '2026-11-26 22:09:12.848304', NULL, NULL);


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.alembic_version VALUES ('0008');


--
-- Data for Name: benches; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.benches VALUES (1, 10, 8, 'U0ALICE', 'paris', 'basic', 3, 1, '2026-11-27 00:09:12.848304', '2026-11-26 22:09:12.848304', '2026-11-26 22:09:15.921066', 'U0ALICE', 1);


--
-- Data for Name: cards; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.cards VALUES (1, '0635e496abec44dba38e5a64da0114ac', 'C0IMAGING', 'london', 'design', 'U0ALICE', '', '2026-11-26 22:09:10.317571', '1795730953.879845', 'batch', NULL);
INSERT INTO public.cards VALUES (2, '36e3af3052804a95b710199e41f342a8', 'C0IMAGING', 'london', 'design', 'U0ALICE', '', '2026-11-26 22:09:11.356997', '1795730954.076079', 'batch', NULL);
INSERT INTO public.cards VALUES (3, 'a1a6ae0051834f55af72a247fe8c8327', 'C0IMAGING', 'paris', 'kiosk', 'U0ALICE', '', '2026-11-26 22:09:11.558972', '1795730954.236586', 'batch', NULL);
INSERT INTO public.cards VALUES (4, 'eb57f34f69b342bd859091dbb1850059', 'C0IMAGING', 'paris', 'kiosk', 'U0ALICE', '', '2026-11-26 22:09:11.680751', '1795730954.444432', 'batch', NULL);
INSERT INTO public.cards VALUES (5, 'dfe93882e144448fa20fbe295d06f28c', 'C0IMAGING', 'london', 'design', 'U0ALICE', '', '2026-11-26 22:09:11.911012', '1795730954.627799', 'batch', NULL);
INSERT INTO public.cards VALUES (6, '2e5cf42096754c5aad729171d303a042', 'C0IMAGING', 'london', 'developer', 'U0ALICE', '', '2026-11-26 22:09:12.111431', '1795730954.840741', 'batch', NULL);
INSERT INTO public.cards VALUES (7, 'afbe5840528c4073b48963bc572cfae8', 'C0IMAGING', 'london', 'design', 'U0ALICE', '', '2026-11-26 22:09:12.359287', '1795730955.084127', 'batch', NULL);
INSERT INTO public.cards VALUES (8, '210df8e1a1be4b3eaa3cbbbb29fd4747', 'C0IMAGING', 'paris', 'basic', 'U0ALICE', '', '2026-11-26 22:09:12.848304', '1795730955.355908', 'bench', NULL);
INSERT INTO public.cards VALUES (9, 'ea950ea8e60740afb0c14837f3745e5f', 'C0IMAGING', '', '', 'U0ALICE', '', '2026-11-26 22:09:16.011666', '1795730957.220610', 'import', '1795730955.965666');
INSERT INTO public.cards VALUES (10, '1fdb97ee24e0453fa30f5f83675f21f8', 'C0IMAGING', '', '', '', '', '2026-11-26 22:09:17.279287', '1795730957.480988', 'stranger', NULL);
INSERT INTO public.cards VALUES (11, 'd49f61e10e8f4edfa5618958fd1c0d3d', 'C0IMAGING', '', '', 'U0ALICE', '', '2026-11-26 22:09:18.620782', NULL, 'import', '1795730958.605093');


--
-- Data for Name: channels; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.channels VALUES ('C0IMAGING', '2026-11-26 22:09:19.59028', NULL, NULL, '2026-11-26 22:09:18.59028', '1795730957.480988');


--
-- Data for Name: counters; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: credentials; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.credentials VALUES (1, 'london', 'scripts', '8dd9e651cd07b1c8694e8b65e2be7bafb96d92a93760ef1ab2d51f9a30df2b31', '2026-11-26 22:09:12.931363', NULL, NULL, NULL);
INSERT INTO public.credentials VALUES (2, 'london', 'installapplications', '3a5a15444e356ce9e1baa65b3dd956d430d7795d03bf013b4e39e5b8c107d3e2', '2026-11-26 22:09:12.962956', '2026-11-26 22:09:14.013028', NULL, 'design');


--
-- Data for Name: documents; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.documents VALUES (1, 'macs.csv', '', '\xefbbbf53657269616c2c536974652c4275696c642c4e6f74650d0a2223204f6e65204d61632061206c696e652c2066726f6d2068657265206f6e3b206c696e65732077697468202320617265206e6f742072656164220d0a22232053697465733a206c6f6e646f6e2c206e657720796f726b2c207061726973220d0a2223204275696c64733a2062617369632c2064657369676e2c20646576656c6f7065722c206b696f736b220d0a', '2026-11-26 22:09:18.485569');


--
-- Data for Name: events; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.events VALUES (1, 1, 'registered', 'U0ALICE', '2026-11-26 22:09:10.317571', NULL, '{"site": "london", "build": "design"}', 1);
INSERT INTO public.events VALUES (2, 2, 'registered', 'U0ALICE', '2026-11-26 22:09:11.356997', NULL, '{"site": "london", "build": "design", "computer_name": "lab-02"}', 2);
INSERT INTO public.events VALUES (3, 3, 'registered', 'U0ALICE', '2026-11-26 22:09:11.558972', NULL, '{"site": "paris", "build": "kiosk"}', 3);
INSERT INTO public.events VALUES (4, 4, 'registered', 'U0ALICE', '2026-11-26 22:09:11.680751', NULL, '{"site": "paris", "build": "kiosk"}', 4);
INSERT INTO public.events VALUES (5, 5, 'registered', 'U0ALICE', '2026-11-26 22:09:11.911012', NULL, '{"site": "london", "build": "design"}', 5);
INSERT INTO public.events VALUES (6, 6, 'registered', 'U0ALICE', '2026-11-26 22:09:12.111431', NULL, '{"site": "london", "build": "developer"}', 6);
INSERT INTO public.events VALUES (7, 7, 'registered', 'U0ALICE', '2026-11-26 22:09:12.359287', NULL, '{"site": "london", "build": "design"}', 7);
INSERT INTO public.events VALUES (8, 5, 'cancelled', 'U0ALICE', '2026-11-26 22:09:12.461682', '{"site": "london", "build": "design", "state": "waiting", "confirmed_at": null}', 'null', 8);
INSERT INTO public.events VALUES (9, 7, 'moved', 'U0ALICE', '2026-11-26 22:09:12.71532', '{"site": "london", "build": "design", "state": "waiting", "confirmed_at": null}', '{"site": "paris", "build": "basic", "state": "waiting", "confirmed_at": null}', 9);
INSERT INTO public.events VALUES (10, 2, 'confirmed', NULL, '2026-11-26 22:09:13.201428', '{"site": "london", "build": "design"}', '{"site": "london", "build": "design", "digest": "5729c87d26bb"}', NULL);
INSERT INTO public.events VALUES (11, 3, 'imaging', NULL, '2026-11-26 22:09:13.264167', '{"site": "paris", "build": "kiosk", "state": "waiting"}', '{"site": "paris", "build": "kiosk", "step": "Restoring image"}', NULL);
INSERT INTO public.events VALUES (12, 4, 'failed', NULL, '2026-11-26 22:09:13.315511', '{"site": "paris", "build": "kiosk", "state": "waiting"}', '{"site": "paris", "build": "kiosk", "step": "Restoring image"}', NULL);
INSERT INTO public.events VALUES (13, 8, 'registered', 'U0ALICE', '2026-11-26 22:09:13.350706', NULL, '{"site": "paris", "build": "basic"}', 10);
INSERT INTO public.events VALUES (14, 8, 'confirmed', NULL, '2026-11-26 22:09:13.463242', '{"site": "paris", "build": "basic"}', '{"site": "paris", "build": "basic", "digest": "559ad0f8424f"}', NULL);
INSERT INTO public.events VALUES (15, 1, 'confirmed', NULL, '2026-11-26 22:09:18.38494', '{"site": "london", "build": "design"}', '{"site": "london", "build": "design", "digest": "5729c87d26bb"}', NULL);
INSERT INTO public.events VALUES (16, 6, 'confirmed', NULL, '2026-11-26 22:09:18.423725', '{"site": "london", "build": "developer"}', '{"site": "london", "build": "developer", "digest": "339f9d0d067e"}', NULL);


--
-- Data for Name: exposures; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: good_templates; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.good_templates VALUES ('base.sh.j2', '\x7b22646967657374223a202232663166623234623163333530343038613131316134656139623033363830313566356637663434326337343632323138396166366561313236366138323430222c20226f66223a2022222c20227465787473223a207b22626173652e73682e6a32223a202223212f62696e2f73685c6e7b23232053657276656420746f204d61637320617320726f6f7427732066697273742d626f6f74207363726970742e20504f53495820736820616e642077686174206d61634f532073686970733a206e6f20507974686f6e2e5c6e20202020496d6167722066696c6c73207b7b73657269616c5f6e756d6265727d7d3b2065766572792076616c7565206f66206f75727320676f6573207468726f756768207468652066696c74657220607368602e2060736974656020616e645c6e20202020606275696c64602061726520656d70747920776865726520746865204d616320676f657320776865726520736f6d65626f6479207361797320696e20536c61636b2e2023237d5c6e2320526f6c6c63616c6c3a2061736b7320666f722074686973204d61632773204d756e6b69206d616e69666573742e205361666520746f2072756e20616761696e3b2065786974732030206f6e6c79206f6e63655c6e2320746865207365727665722068617320636f6e6669726d6564207468617420746865206d616e6966657374206973207772697474656e2e5c6e736574202d755c6e5c6e7365727665723d7b3d2075726c7c7368203d7d5c6e7b25206966207369746520257d5c6e736974653d7b3d20736974657c7368203d7d5c6e6275696c643d7b3d206275696c647c7368203d7d5c6e7b2520656c736520257d5c6e2320466f722074656d706c6174657320746861742061736b20666f72207468656d2e5c6e23207368656c6c636865636b2064697361626c653d5343323033345c6e736974653d2727206275696c643d27275c6e7b2520656e64696620257d5c6e746f6b656e3d7b3d20746f6b656e7c7368203d7d5c6e5c6e6661696c2829207b5c6e202020206563686f205c22726f6c6c63616c6c3a2024315c22203e26325c6e202020206578697420315c6e7d5c6e5c6e73657269616c3d277b7b73657269616c5f6e756d6265727d7d275c6e63617365202473657269616c20696e5c6e2727207c202a277b7b272a292023206e6f20496d616772206865726520746f2066696c6c20697420696e3a2061736b207468652068617264776172655c6e2020202073657269616c3d2428696f726567202d726431202d6320494f506c6174666f726d457870657274446576696365207c2061776b202d4620275c222720272f5c22494f506c6174666f726d53657269616c4e756d6265725c222f207b207072696e74202434207d27295c6e202020203b3b5c6e657361635c6e5b202d6e205c222473657269616c5c22205d207c7c206661696c202774686973204d616320646f6573206e6f7420736179206974732073657269616c206e756d626572275c6e5c6e2320576861742074686973204d61632069732063616c6c65642c20776865726520736f6d65626f6479206f722061207061747465726e207361696420736f2e204e6f206d6f7265207468616e206120776973683a20776861746576657220676f65735c6e232077726f6e6720776974682069742c20746865206d616e69666573742069732061736b656420666f722e204661696c7320776865726520746865204d6163206973206e6f742072656769737465726564207965742e5c6e6e616d655f69742829207b5c6e202020206e616d65733d24285c6e20202020202020207072696e74662027686561646572203d205c22417574686f72697a6174696f6e3a204265617265722025735c225c5c6e27205c2224746f6b656e5c22207c5c6e2020202020202020202020206375726c202d2d636f6e666967202d202d2d6661696c202d2d73696c656e74202d2d636f6e6e6563742d74696d656f7574203130202d2d6d61782d74696d65203230205c5c5c6e202020202020202020202020202020202d2d676574202d2d646174612d75726c656e636f6465205c2273657269616c3d2473657269616c5c22205c22247365727665722f636f6d70757465725f6e616d655c225c6e2020202029207c7c2072657475726e20315c6e202020205b202d6e205c22246e616d65735c22205d207c7c2072657475726e20305c6e202020206e616d653d24287072696e7466202725735c5c6e27205c22246e616d65735c22207c20736564202d6e203170295c6e20202020686f73743d24287072696e7466202725735c5c6e27205c22246e616d65735c22207c20736564202d6e203270295c6e2020202069662073637574696c202d2d73657420436f6d70757465724e616d65205c22246e616d655c222026262073637574696c202d2d736574204c6f63616c486f73744e616d65205c2224686f73745c222026265c6e202020202020202073637574696c202d2d73657420486f73744e616d65205c2224686f73745c223b207468656e5c6e20202020202020206563686f205c22726f6c6c63616c6c3a202473657269616c2069732063616c6c656420246e616d655c225c6e20202020656c73655c6e20202020202020206563686f205c22726f6c6c63616c6c3a202473657269616c2063616e6e6f742062652063616c6c656420246e616d653b20697473206d616e69666573742069732061736b656420666f7220616c6c207468652073616d655c22203e26325c6e2020202066695c6e7d5c6e6e616d655f6974202626206e616d65643d796573207c7c206e616d65643d5c6e5c6e6d756e6b693d2f4c6962726172792f507265666572656e6365732f4d616e61676564496e7374616c6c735c6e5c6e232057686174204d756e6b69206f6e2074686973204d61632061736b7320666f72206279206e616d652c20776861746576657220746865204d61632069732063616c6c65643b20656d707479207768657265206e6f7468696e67207361797320736f2e5c6e2320496e20746865206f72646572206f66204d756e6b69277320707265666572656e6365733a20612070726f66696c652c20726f6f742773206f776e20666f722074686973204d61632c20726f6f742773206f776e2c20746865204d616327732e5c6e6964656e7469666965722829207b5c6e2020202064656661756c7473207265616420272f4c6962726172792f4d616e6167656420507265666572656e6365732f4d616e61676564496e7374616c6c732720436c69656e744964656e746966696572207c7c5c6e202020202020202064656661756c7473202d63757272656e74486f73742072656164204d616e61676564496e7374616c6c7320436c69656e744964656e746966696572207c7c5c6e202020202020202064656661756c74732072656164202f707269766174652f7661722f726f6f742f4c6962726172792f507265666572656e6365732f4d616e61676564496e7374616c6c7320436c69656e744964656e746966696572207c7c5c6e202020202020202064656661756c74732072656164205c22246d756e6b695c2220436c69656e744964656e7469666965725c6e7d20323e2f6465762f6e756c6c5c6e5c6e2320486173204d756e6b692061736b20666f7220746865206d616e69666573742024312e204e6f206d6f7265207468616e20612077697368206569746865722e5c6e6964656e746966792829207b5c6e2020202070726573656e743d24286964656e746966696572295c6e202020206966205b205c222470726573656e745c22203d205c2224315c22205d3b207468656e5c6e202020202020202072657475726e5c6e20202020656c6966205b202d6e205c222470726573656e745c22205d3b207468656e5c6e20202020202020206563686f205c22726f6c6c63616c6c3a204d756e6b69206861732074686520436c69656e744964656e746966696572202470726573656e7420616c72656164792c207768696368206973206c6566745c22203e26325c6e20202020656c69662064656661756c7473207772697465205c22246d756e6b695c2220436c69656e744964656e746966696572202d737472696e67205c2224315c22202626205b205c2224286964656e746966696572295c22203d205c2224315c22205d3b207468656e5c6e20202020202020206563686f205c22726f6c6c63616c6c3a204d756e6b692061736b7320666f7220746865206d616e69666573742024315c225c6e20202020656c73655c6e20202020202020206563686f205c22726f6c6c63616c6c3a204d756e6b69277320436c69656e744964656e7469666965722063616e6e6f74206265207365743b2069742061736b73206279206e616d6520616e642073657269616c5c22203e26325c6e2020202066695c6e7d5c6e5c6e7b2520626c6f636b206265666f726520257d5c6e7b2520656e64626c6f636b20257d5c6e232054686520746f6b656e20676f6573207468726f756768206120706970652c2062656361757365206576657279626f6479206f6e2061204d61632063616e2072656164206120636f6d6d616e64206c696e652e5c6e61736b2829207b5c6e202020207072696e74662027686561646572203d205c22417574686f72697a6174696f6e3a204265617265722025735c225c5c6e27205c2224746f6b656e5c22207c5c6e20202020202020206375726c202d2d636f6e666967202d202d2d6661696c202d2d73696c656e74202d2d73686f772d6572726f72205c5c5c6e2020202020202020202020202d2d636f6e6e6563742d74696d656f7574203130202d2d6d61782d74696d65203630205c5c5c6e2020202020202020202020202d2d646174612d75726c656e636f6465205c2273657269616c3d2473657269616c5c22205c5c5c6e2020202020202020202020202d2d646174612d75726c656e636f6465205c22636c69656e745f6964656e7469666965723d24286964656e746966696572295c22205c5c5c6e7b25206966207369746520257d5c6e2020202020202020202020202d2d646174612d75726c656e636f6465205c22736974653d24736974655c22205c5c5c6e2020202020202020202020202d2d646174612d75726c656e636f6465205c226275696c643d246275696c645c22205c5c5c6e7b2520656e64696620257d5c6e2020202020202020202020202d2d77726974652d6f75742027257b687474705f636f64657d27205c5c5c6e2020202020202020202020205c22247365727665722f67656e5f6d616e69666573745c225c6e7d5c6e5c6e2320496d61677220776f756c642072756e207468697320616761696e20627920697473656c662c20627574206f74686572732072756e206120736372697074206f6e6c79206f6e63653a20736f20697420676f6573206f6e2061736b696e6720666f725c6e232068616c6620616e20686f757220776865726520746865207365727665722063616e6e6f7420616e737765722c20776869636820612072657374617274206f722061206e6574776f726b2074686174206973206e6f74207468657265207965745c6e232077696c6c206d656e647b25206966206e6f74207369746520257d2c20616e6420776865726520697420616e7377657273203430333a207468617420656e6473206f6e636520736f6d65626f6479207361797320696e20536c61636b20776865726520746869735c6e23204d616320676f65737b2520656e64696620257d2e5c6e6c6566743d3132305c6e746f6c643d27275c6e756e74696c20616e737765723d242861736b293b20646f5c6e20202020636173652024616e7377657220696e5c6e7b25206966206e6f74207369746520257d5c6e20202020343033295c6e2020202020202020776169743d5c22736f6d65626f647920746f2073617920696e20536c61636b207768657265202473657269616c20676f65735c225c6e20202020202020207768793d5c226e6f626f6479206861732073616964207768657265202473657269616c20676f65735c225c6e20202020202020203b3b5c6e7b2520656e64696620257d5c6e202020202727207c20303030207c20343038207c20343239207c20353f3f207c202a323030292023206e6f7420726561636865642c20627573792c206265696e67207265737461727465642c206f7220637574206f66665c6e2020202020202020776169743d5c22247365727665725c225c6e20202020202020207768793d5c227468652073657276657220646964206e6f7420636f6e6669726d202473657269616c5c225c6e20202020202020203b3b5c6e202020202a29206661696c205c227468652073657276657220646964206e6f7420636f6e6669726d202473657269616c2062757420736169642024616e737765723b20697473206c6f672073617973207768795c22203b3b5c6e20202020657361635c6e202020205b205c2224776169745c22203d205c2224746f6c645c22205d207c7c206563686f205c22726f6c6c63616c6c3a2077616974696e6720666f722024776169745c225c6e20202020746f6c643d24776169745c6e202020206c6566743d2428286c656674202d203129295c6e202020205b205c22246c6566745c22202d67742030205d207c7c206661696c205c22247768793b2072756e207468697320616761696e20746f2061736b20616761696e5c225c6e20202020736c656570205c22247b524f4c4c43414c4c5f50415553453a2d31357d5c22207c7c206661696c202763616e6e6f742077616974275c6e646f6e655c6e636173652024616e7377657220696e5c6e274d616e69666573742073617665643230302729203b3b5c6e5c224d616e69666573742073617665645c6e5c222a32303029202320616e642077686174204d756e6b6920697320746f2061736b20666f722c206f6e2061206c696e65206f6620697473206f776e5c6e2020202077616e7465643d247b616e73776572253230307d5c6e202020206964656e74696679205c22247b77616e746564232a5c6e7d5c225c6e202020203b3b5c6e2a29206661696c205c22736f6d657468696e672074686174206973206e6f7420526f6c6c63616c6c20616e73776572656420617420247365727665725c22203b3b5c6e657361635c6e5c6e5b202d6e205c22246e616d65645c22205d207c7c206e616d655f6974207c7c203a2020232072656769737465726564206279206e6f775c6e5c6e7b2520626c6f636b20616674657220257d5c6e7b2520656e64626c6f636b20257d5c6e7b25206966207369746520257d5c6e6563686f205c22726f6c6c63616c6c3a20746865206d616e6966657374206f66202473657269616c206973207772697474656e202824736974652c20246275696c64207761732061736b656420666f72295c225c6e7b2520656c736520257d5c6e6563686f205c22726f6c6c63616c6c3a20746865206d616e6966657374206f66202473657269616c206973207772697474656e2c20666f7220776865726520697420697320726567697374657265645c225c6e7b2520656e64696620257d5c6e6578697420305c6e227d7d', '2026-11-26 22:09:13.10788');
INSERT INTO public.good_templates VALUES ('installapplications/base.json', '\x7b22646967657374223a202238613335626332343437326437333432653333633430346134613465376133666561663065623366373165616461646531303964313766393837636338343138222c20226f66223a2022222c20227465787473223a207b22626173652e6a736f6e223a20227b5c6e202020205c227365747570617373697374616e745c223a205b5d2c5c6e202020205c22757365726c616e645c223a205b5d5c6e7d5c6e227d7d', '2026-11-26 22:09:13.536655');


--
-- Data for Name: heartbeats; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: imports; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.imports VALUES (1, 9, NULL, 'file:C0IMAGING:1795730955.965666', 'U0ALICE', 'file', 'read', NULL, NULL, '', '[{"kind": "table", "name": "macs.csv", "url": "http://127.0.0.1:45269/files-pri/T0STANDIN-F0244004E0/macs.csv", "size": 68}]', 1, '{"entries": [{"serial": "C02TABEAAA1", "site": "london", "build": "design", "note": "", "where": "line 2", "doubt": null, "name": null}, {"serial": "C02TABEBBB2", "site": "paris", "build": "kiosk", "note": "", "where": "line 3", "doubt": null, "name": null}], "rejected": []}', '{"counts": {"new": 2, "moved": 0, "doubtful": 0, "conflict": 0, "nowhere": 0, "invalid": 0, "unchanged": 0}, "first": {"new": [{"serial": "C02TABEAAA1", "site": "london", "build": "design", "where": "line 2", "name": null, "why": "", "standing": null}, {"serial": "C02TABEBBB2", "site": "paris", "build": "kiosk", "where": "line 3", "name": null, "why": "", "standing": null}], "moved": [], "doubtful": [], "conflict": [], "nowhere": [], "invalid": [], "unchanged": []}, "wants": [], "ready": ["C02TABEAAA1", "C02TABEBBB2"], "places": [["london", "design", 1], ["paris", "kiosk", 1]]}', '2026-11-26 22:09:16.011666', NULL, NULL);
INSERT INTO public.imports VALUES (2, NULL, NULL, NULL, 'U0ALICE', 'command', 'read', NULL, NULL, '', '[]', 0, '{"entries": [{"serial": "C02PASTE0001", "site": "london", "build": "design", "note": "", "where": "", "doubt": null, "name": null}, {"serial": "C02PASTE0002", "site": "london", "build": "design", "note": "", "where": "", "doubt": null, "name": null}], "rejected": []}', '{"counts": {"new": 2, "moved": 0, "doubtful": 0, "conflict": 0, "nowhere": 0, "invalid": 0, "unchanged": 0}, "first": {"new": [{"serial": "C02PASTE0001", "site": "london", "build": "design", "where": "", "name": null, "why": "", "standing": null}, {"serial": "C02PASTE0002", "site": "london", "build": "design", "where": "", "name": null, "why": "", "standing": null}], "moved": [], "doubtful": [], "conflict": [], "nowhere": [], "invalid": [], "unchanged": []}, "wants": [], "ready": ["C02PASTE0001", "C02PASTE0002"], "places": [["london", "design", 2]]}', '2026-11-26 22:09:17.700701', NULL, NULL);
INSERT INTO public.imports VALUES (3, 11, NULL, 'file:C0IMAGING:1795730958.605093', 'U0ALICE', 'file', 'reading', NULL, NULL, '', '[{"kind": "table", "name": "more.csv", "url": "http://127.0.0.1:45269/files-pri/T0STANDIN-F09B742073/more.csv", "size": 68}]', 0, '{"entries": [], "rejected": []}', NULL, '2026-11-26 22:09:18.620782', NULL, NULL);


--
-- Data for Name: jobs; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.jobs VALUES (2, 'statistics', '{"by": "U0ALICE", "site": null, "weeks": 4}', '2026-11-26 22:09:18.525944', 0, NULL, NULL);
INSERT INTO public.jobs VALUES (3, 'export', '{"by": "U0ALICE", "site": null}', '2026-11-26 22:09:18.540182', 0, NULL, NULL);
INSERT INTO public.jobs VALUES (4, 'checkup', '{"by": "U0ALICE"}', '2026-11-26 22:09:18.549304', 0, NULL, NULL);
INSERT INTO public.jobs VALUES (5, 'read source', '{"import": 3, "source": 0, "quiet": true}', '2026-11-26 22:09:18.620782', 0, NULL, NULL);


--
-- Data for Name: known_clients; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.known_clients VALUES ('\x28dde71aaa6b492daddf26bc0c5f183c', '2026-11-26 22:09:14.013028');
INSERT INTO public.known_clients VALUES ('\xac1414e0e02df7fd4b09108807f3930a', '2026-11-26 22:09:14.013028');


--
-- Data for Name: looks; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: notifications; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.notifications VALUES (1, 'be26d1b70665482c92e66c08e0b0be2a', 'C0IMAGING', 'card', 1, NULL, '{}', NULL, '2026-11-26 22:09:10.317571', 'sent', false, 1, '2026-11-26 22:09:14.845965', '2026-11-26 22:09:14.845965', '1795730953.879845', NULL, NULL, NULL, NULL, '2026-11-26 22:25:14.845965', NULL);
INSERT INTO public.notifications VALUES (2, '8f1bda3920d1481e97e16954586204c6', 'C0IMAGING', 'card', 2, NULL, '{}', NULL, '2026-11-26 22:09:11.356997', 'sent', false, 1, '2026-11-26 22:09:16.095965', '2026-11-26 22:09:16.095965', '1795730954.076079', NULL, NULL, NULL, NULL, '2026-11-26 22:25:16.095965', '1795730953.879845');
INSERT INTO public.notifications VALUES (12, 'dab40978305040bba953ee74ebd73080', 'C0IMAGING', 'card', 2, 2, '{}', NULL, '2026-11-26 22:09:13.201428', 'sent', false, 0, NULL, '2026-11-26 22:09:16.095965', '1795730954.076079', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (11, 'fb8223a9ff58461faf1a3bae78f36f1b', 'C0IMAGING', 'confirmation', NULL, 2, '{"serial": "C02CNFRM01", "site": "london", "build": "design", "registered_by": "U0ALICE", "overruled": null, "digest": "5729c87d26bb"}', NULL, '2026-11-26 22:09:13.201428', 'sent', false, 1, '2026-11-26 22:09:24.845965', '2026-11-26 22:09:24.845965', '1795730955.539787', NULL, 2, NULL, NULL, '2026-11-26 22:25:24.845965', '1795730955.355908');
INSERT INTO public.notifications VALUES (3, '665495d5d4e64681bafa8d7f3e60d61d', 'C0IMAGING', 'card', 3, NULL, '{}', NULL, '2026-11-26 22:09:11.558972', 'sent', false, 1, '2026-11-26 22:09:17.345965', '2026-11-26 22:09:17.345965', '1795730954.236586', NULL, NULL, NULL, NULL, '2026-11-26 22:25:17.345965', '1795730954.076079');
INSERT INTO public.notifications VALUES (13, '18c38d2de8cb4400a680ae2cb1a560d3', 'C0IMAGING', 'card', 3, NULL, '{}', NULL, '2026-11-26 22:09:13.264167', 'sent', false, 0, NULL, '2026-11-26 22:09:17.345965', '1795730954.236586', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (4, '919f2fe9775b4892943a96cb613fe4ce', 'C0IMAGING', 'card', 4, NULL, '{}', NULL, '2026-11-26 22:09:11.680751', 'sent', false, 1, '2026-11-26 22:09:18.595965', '2026-11-26 22:09:18.595965', '1795730954.444432', NULL, NULL, NULL, NULL, '2026-11-26 22:25:18.595965', '1795730954.236586');
INSERT INTO public.notifications VALUES (14, '9717737c11834f2f83e8a303830082f4', 'C0IMAGING', 'card', 4, NULL, '{}', NULL, '2026-11-26 22:09:13.315511', 'sent', false, 0, NULL, '2026-11-26 22:09:18.595965', '1795730954.444432', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (5, 'ac44e40283044bf2ba245514a04093bf', 'C0IMAGING', 'card', 5, NULL, '{}', NULL, '2026-11-26 22:09:11.911012', 'sent', false, 1, '2026-11-26 22:09:19.845965', '2026-11-26 22:09:19.845965', '1795730954.627799', NULL, NULL, NULL, NULL, '2026-11-26 22:25:19.845965', '1795730954.444432');
INSERT INTO public.notifications VALUES (8, '0499e834737646baabfe3a182c7908f3', 'C0IMAGING', 'card', 5, NULL, '{}', NULL, '2026-11-26 22:09:12.461682', 'sent', false, 0, NULL, '2026-11-26 22:09:19.845965', '1795730954.627799', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (16, 'dc60a8495f9c43c18811659b7aa2cba0', 'C0IMAGING', 'confirmation', NULL, 8, '{"serial": "C02BENCHED", "site": "paris", "build": "basic", "registered_by": "U0ALICE", "overruled": null, "digest": "559ad0f8424f"}', NULL, '2026-11-26 22:09:13.463242', 'sent', false, 1, '2026-11-26 22:09:26.095965', '2026-11-26 22:09:26.095965', '1795730955.802988', NULL, 8, NULL, NULL, '2026-11-26 22:25:26.095965', '1795730955.539787');
INSERT INTO public.notifications VALUES (6, '4837d030048a4e698985138c77a5c4da', 'C0IMAGING', 'card', 6, NULL, '{}', NULL, '2026-11-26 22:09:12.111431', 'sent', false, 1, '2026-11-26 22:09:21.095965', '2026-11-26 22:09:21.095965', '1795730954.840741', NULL, NULL, NULL, NULL, '2026-11-26 22:25:21.095965', '1795730954.627799');
INSERT INTO public.notifications VALUES (7, '211de7dd0c0e4081be1fab0f80a4a7b2', 'C0IMAGING', 'card', 7, NULL, '{}', NULL, '2026-11-26 22:09:12.359287', 'sent', false, 1, '2026-11-26 22:09:22.345965', '2026-11-26 22:09:22.345965', '1795730955.084127', NULL, NULL, NULL, NULL, '2026-11-26 22:25:22.345965', '1795730954.840741');
INSERT INTO public.notifications VALUES (9, '39ccc3ada40f4701ace55d1f867e73d3', 'C0IMAGING', 'card', 7, NULL, '{}', NULL, '2026-11-26 22:09:12.71532', 'sent', false, 0, NULL, '2026-11-26 22:09:22.345965', '1795730955.084127', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (10, 'b5d05379f29240d7b097c5e86f2066db', 'C0IMAGING', 'card', 8, NULL, '{}', NULL, '2026-11-26 22:09:12.848304', 'sent', false, 1, '2026-11-26 22:09:23.595965', '2026-11-26 22:09:23.595965', '1795730955.355908', NULL, NULL, NULL, NULL, '2026-11-26 22:25:23.595965', '1795730955.084127');
INSERT INTO public.notifications VALUES (15, 'c23aa2f5e05b4a708efa0ff20d82926e', 'C0IMAGING', 'card', 8, NULL, '{}', NULL, '2026-11-26 22:09:13.350706', 'sent', false, 0, NULL, '2026-11-26 22:09:23.595965', '1795730955.355908', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (17, 'cc26b754a6d6463aa909d5d9ad24b517', 'C0IMAGING', 'card', 8, 8, '{}', NULL, '2026-11-26 22:09:13.463242', 'sent', false, 0, NULL, '2026-11-26 22:09:23.595965', '1795730955.355908', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (18, '9a5523897909420eaf78dd6560d0c982', 'C0IMAGING', 'card', 8, NULL, '{}', NULL, '2026-11-26 22:09:15.921066', 'sent', false, 1, '2026-11-26 22:09:18.18564', '2026-11-26 22:09:18.18564', '1795730955.355908', NULL, NULL, NULL, NULL, '2026-11-26 22:25:18.18564', '1795730955.802988');
INSERT INTO public.notifications VALUES (19, '5272700c85264b2a93a10e1920ece938', 'C0IMAGING', 'card', 9, NULL, '{}', NULL, '2026-11-26 22:09:16.878667', 'sent', false, 1, '2026-11-26 22:09:19.43564', '2026-11-26 22:09:19.43564', '1795730957.220610', NULL, NULL, NULL, NULL, '2026-11-26 22:25:19.43564', '1795730955.802988');
INSERT INTO public.notifications VALUES (20, 'af04a54efb784e19ad199051b8748554', 'C0IMAGING', 'card', 10, NULL, '{}', NULL, '2026-11-26 22:09:17.279287', 'sent', false, 1, '2026-11-26 22:09:18.59028', '2026-11-26 22:09:18.59028', '1795730957.480988', NULL, NULL, NULL, NULL, '2026-11-26 22:25:18.59028', '1795730957.220610');
INSERT INTO public.notifications VALUES (21, 'b7be693577dd4179aaaf621097c8bd0c', 'U0ALICE', 'reminder', NULL, NULL, '{"serial": "C02WAT0001", "registration": 1}', 'remind 1 U0ALICE 2026-11-26T23:09', '2026-11-26 22:09:18.319205', 'owed', false, 0, NULL, NULL, NULL, NULL, NULL, '2026-11-26 23:09:18.319205', NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (22, 'beec08964acb4d9396d1ab41e09bc86c', 'C0IMAGING', 'confirmation', NULL, 1, '{"serial": "C02WAT0001", "site": "london", "build": "design", "registered_by": "U0ALICE", "overruled": null, "digest": "5729c87d26bb"}', NULL, '2026-11-26 22:09:18.38494', 'owed', false, 0, NULL, NULL, NULL, NULL, 1, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (23, '81a8fd2151894f319311cad135c72c17', 'C0IMAGING', 'card', 1, 1, '{}', NULL, '2026-11-26 22:09:18.38494', 'owed', false, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (24, 'a57ab34e14a24d7ab53533ec61d7a7a9', 'C0IMAGING', 'confirmation', NULL, 6, '{"serial": "C02WED0001", "site": "london", "build": "developer", "registered_by": "U0ALICE", "overruled": "atlantis/design", "digest": "339f9d0d067e"}', NULL, '2026-11-26 22:09:18.423725', 'owed', false, 0, NULL, NULL, NULL, NULL, 6, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (25, '134feca6a9ef41209b85125690edd310', 'C0IMAGING', 'card', 6, 6, '{}', NULL, '2026-11-26 22:09:18.423725', 'owed', false, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (26, 'ce0e88319e4c4b66b34c085bc246b5cd', 'C0IMAGING', 'trouble', NULL, NULL, '{"sentence": "The Munki repo has no site named ''atlantis''."}', '2026-11-26 The Munki repo has no site named ''atlantis''.', '2026-11-26 22:09:18.449991', 'owed', false, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.notifications VALUES (27, '92120aaec30d419db0e774cfab3709c3', 'U0ALICE', 'file', NULL, NULL, '{"document": 1, "sentence": "Fill in one Mac a line and drop the file here."}', NULL, '2026-11-26 22:09:18.485569', 'owed', false, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);


--
-- Data for Name: promised_scripts; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.promised_scripts VALUES ('london', 'design', '5f3a25024d4eaadf6fd047e8823db017354da2674679ac0b0b3f90b1ede1fc0b', true, '.eJyLVsrJz0vJz1PSUUpJLc5MBzLySnNyIARMLhYA_zANOQ.XfwPAA.VUU88jDHiLu7I4Swc1eyZ2-PYsc', '\x23212f62696e2f73680a2320526f6c6c63616c6c3a2061736b7320666f722074686973204d61632773204d756e6b69206d616e69666573742e205361666520746f2072756e20616761696e3b2065786974732030206f6e6c79206f6e63650a2320746865207365727665722068617320636f6e6669726d6564207468617420746865206d616e6966657374206973207772697474656e2e0a736574202d750a0a7365727665723d687474703a2f2f3132372e302e302e313a353030300a736974653d6c6f6e646f6e0a6275696c643d64657369676e0a746f6b656e3d2e654a794c5673724a7a30764a7a3150535555704a4c63354d427a4c79536e4e794941524d4c6859415f7a414e4f512e5866775041412e56555538386a4448694c753749345377633165795a322d505973630a0a6661696c2829207b0a202020206563686f2022726f6c6c63616c6c3a20243122203e26320a202020206578697420310a7d0a0a73657269616c3d277b7b73657269616c5f6e756d6265727d7d270a63617365202473657269616c20696e0a2727207c202a277b7b272a292023206e6f20496d616772206865726520746f2066696c6c20697420696e3a2061736b207468652068617264776172650a2020202073657269616c3d2428696f726567202d726431202d6320494f506c6174666f726d457870657274446576696365207c2061776b202d462027222720272f22494f506c6174666f726d53657269616c4e756d626572222f207b207072696e74202434207d27290a202020203b3b0a657361630a5b202d6e20222473657269616c22205d207c7c206661696c202774686973204d616320646f6573206e6f7420736179206974732073657269616c206e756d626572270a0a2320576861742074686973204d61632069732063616c6c65642c20776865726520736f6d65626f6479206f722061207061747465726e207361696420736f2e204e6f206d6f7265207468616e206120776973683a20776861746576657220676f65730a232077726f6e6720776974682069742c20746865206d616e69666573742069732061736b656420666f722e204661696c7320776865726520746865204d6163206973206e6f742072656769737465726564207965742e0a6e616d655f69742829207b0a202020206e616d65733d24280a20202020202020207072696e74662027686561646572203d2022417574686f72697a6174696f6e3a20426561726572202573225c6e27202224746f6b656e22207c0a2020202020202020202020206375726c202d2d636f6e666967202d202d2d6661696c202d2d73696c656e74202d2d636f6e6e6563742d74696d656f7574203130202d2d6d61782d74696d65203230205c0a202020202020202020202020202020202d2d676574202d2d646174612d75726c656e636f6465202273657269616c3d2473657269616c222022247365727665722f636f6d70757465725f6e616d65220a2020202029207c7c2072657475726e20310a202020205b202d6e2022246e616d657322205d207c7c2072657475726e20300a202020206e616d653d24287072696e7466202725735c6e272022246e616d657322207c20736564202d6e203170290a20202020686f73743d24287072696e7466202725735c6e272022246e616d657322207c20736564202d6e203270290a2020202069662073637574696c202d2d73657420436f6d70757465724e616d652022246e616d65222026262073637574696c202d2d736574204c6f63616c486f73744e616d65202224686f7374222026260a202020202020202073637574696c202d2d73657420486f73744e616d65202224686f7374223b207468656e0a20202020202020206563686f2022726f6c6c63616c6c3a202473657269616c2069732063616c6c656420246e616d65220a20202020656c73650a20202020202020206563686f2022726f6c6c63616c6c3a202473657269616c2063616e6e6f742062652063616c6c656420246e616d653b20697473206d616e69666573742069732061736b656420666f7220616c6c207468652073616d6522203e26320a2020202066690a7d0a6e616d655f6974202626206e616d65643d796573207c7c206e616d65643d0a0a6d756e6b693d2f4c6962726172792f507265666572656e6365732f4d616e61676564496e7374616c6c730a0a232057686174204d756e6b69206f6e2074686973204d61632061736b7320666f72206279206e616d652c20776861746576657220746865204d61632069732063616c6c65643b20656d707479207768657265206e6f7468696e67207361797320736f2e0a2320496e20746865206f72646572206f66204d756e6b69277320707265666572656e6365733a20612070726f66696c652c20726f6f742773206f776e20666f722074686973204d61632c20726f6f742773206f776e2c20746865204d616327732e0a6964656e7469666965722829207b0a2020202064656661756c7473207265616420272f4c6962726172792f4d616e6167656420507265666572656e6365732f4d616e61676564496e7374616c6c732720436c69656e744964656e746966696572207c7c0a202020202020202064656661756c7473202d63757272656e74486f73742072656164204d616e61676564496e7374616c6c7320436c69656e744964656e746966696572207c7c0a202020202020202064656661756c74732072656164202f707269766174652f7661722f726f6f742f4c6962726172792f507265666572656e6365732f4d616e61676564496e7374616c6c7320436c69656e744964656e746966696572207c7c0a202020202020202064656661756c747320726561642022246d756e6b692220436c69656e744964656e7469666965720a7d20323e2f6465762f6e756c6c0a0a2320486173204d756e6b692061736b20666f7220746865206d616e69666573742024312e204e6f206d6f7265207468616e20612077697368206569746865722e0a6964656e746966792829207b0a2020202070726573656e743d24286964656e746966696572290a202020206966205b20222470726573656e7422203d2022243122205d3b207468656e0a202020202020202072657475726e0a20202020656c6966205b202d6e20222470726573656e7422205d3b207468656e0a20202020202020206563686f2022726f6c6c63616c6c3a204d756e6b69206861732074686520436c69656e744964656e746966696572202470726573656e7420616c72656164792c207768696368206973206c65667422203e26320a20202020656c69662064656661756c74732077726974652022246d756e6b692220436c69656e744964656e746966696572202d737472696e672022243122202626205b202224286964656e7469666965722922203d2022243122205d3b207468656e0a20202020202020206563686f2022726f6c6c63616c6c3a204d756e6b692061736b7320666f7220746865206d616e6966657374202431220a20202020656c73650a20202020202020206563686f2022726f6c6c63616c6c3a204d756e6b69277320436c69656e744964656e7469666965722063616e6e6f74206265207365743b2069742061736b73206279206e616d6520616e642073657269616c22203e26320a2020202066690a7d0a0a232054686520746f6b656e20676f6573207468726f756768206120706970652c2062656361757365206576657279626f6479206f6e2061204d61632063616e2072656164206120636f6d6d616e64206c696e652e0a61736b2829207b0a202020207072696e74662027686561646572203d2022417574686f72697a6174696f6e3a20426561726572202573225c6e27202224746f6b656e22207c0a20202020202020206375726c202d2d636f6e666967202d202d2d6661696c202d2d73696c656e74202d2d73686f772d6572726f72205c0a2020202020202020202020202d2d636f6e6e6563742d74696d656f7574203130202d2d6d61782d74696d65203630205c0a2020202020202020202020202d2d646174612d75726c656e636f6465202273657269616c3d2473657269616c22205c0a2020202020202020202020202d2d646174612d75726c656e636f64652022636c69656e745f6964656e7469666965723d24286964656e7469666965722922205c0a2020202020202020202020202d2d646174612d75726c656e636f64652022736974653d247369746522205c0a2020202020202020202020202d2d646174612d75726c656e636f646520226275696c643d246275696c6422205c0a2020202020202020202020202d2d77726974652d6f75742027257b687474705f636f64657d27205c0a20202020202020202020202022247365727665722f67656e5f6d616e6966657374220a7d0a0a2320496d61677220776f756c642072756e207468697320616761696e20627920697473656c662c20627574206f74686572732072756e206120736372697074206f6e6c79206f6e63653a20736f20697420676f6573206f6e2061736b696e6720666f720a232068616c6620616e20686f757220776865726520746865207365727665722063616e6e6f7420616e737765722c20776869636820612072657374617274206f722061206e6574776f726b2074686174206973206e6f74207468657265207965740a232077696c6c206d656e642e0a6c6566743d3132300a746f6c643d27270a756e74696c20616e737765723d242861736b293b20646f0a20202020636173652024616e7377657220696e0a202020202727207c20303030207c20343038207c20343239207c20353f3f207c202a323030292023206e6f7420726561636865642c20627573792c206265696e67207265737461727465642c206f7220637574206f66660a2020202020202020776169743d2224736572766572220a20202020202020207768793d227468652073657276657220646964206e6f7420636f6e6669726d202473657269616c220a20202020202020203b3b0a202020202a29206661696c20227468652073657276657220646964206e6f7420636f6e6669726d202473657269616c2062757420736169642024616e737765723b20697473206c6f6720736179732077687922203b3b0a20202020657361630a202020205b2022247761697422203d202224746f6c6422205d207c7c206563686f2022726f6c6c63616c6c3a2077616974696e6720666f72202477616974220a20202020746f6c643d24776169740a202020206c6566743d2428286c656674202d203129290a202020205b2022246c65667422202d67742030205d207c7c206661696c2022247768793b2072756e207468697320616761696e20746f2061736b20616761696e220a20202020736c6565702022247b524f4c4c43414c4c5f50415553453a2d31357d22207c7c206661696c202763616e6e6f742077616974270a646f6e650a636173652024616e7377657220696e0a274d616e69666573742073617665643230302729203b3b0a224d616e69666573742073617665640a222a32303029202320616e642077686174204d756e6b6920697320746f2061736b20666f722c206f6e2061206c696e65206f6620697473206f776e0a2020202077616e7465643d247b616e73776572253230307d0a202020206964656e746966792022247b77616e746564232a0a7d220a202020203b3b0a2a29206661696c2022736f6d657468696e672074686174206973206e6f7420526f6c6c63616c6c20616e737765726564206174202473657276657222203b3b0a657361630a0a5b202d6e2022246e616d656422205d207c7c206e616d655f6974207c7c203a2020232072656769737465726564206279206e6f770a0a6563686f2022726f6c6c63616c6c3a20746865206d616e6966657374206f66202473657269616c206973207772697474656e202824736974652c20246275696c64207761732061736b656420666f7229220a6578697420300a', '2082-06-04 12:00:00');


--
-- Data for Name: refusals; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: registrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.registrations VALUES (5, 'C02CANCELD', NULL, 'london', 'design', 'cancelled', 'U0ALICE', 'C0IMAGING', 5, 2, '2026-11-26 22:09:11.911012', '2026-11-26 22:09:12.461682', NULL, '2026-11-26 22:09:12.461682', NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.registrations VALUES (7, 'C02MVED001', NULL, 'paris', 'basic', 'waiting', 'U0ALICE', 'C0IMAGING', 7, 2, '2026-11-26 22:09:12.359287', '2026-11-26 22:09:12.71532', NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.registrations VALUES (2, 'C02CNFRM01', 'C02CNFRM01', 'london', 'design', 'confirmed', 'U0ALICE', 'C0IMAGING', 2, 2, '2026-11-26 22:09:11.356997', '2026-11-26 22:09:13.201428', '2026-11-26 22:09:13.201428', NULL, '2026-11-26 22:09:13.201428', NULL, NULL, 'lab-02', NULL);
INSERT INTO public.registrations VALUES (3, 'C02MAGNG01', NULL, 'paris', 'kiosk', 'imaging', 'U0ALICE', 'C0IMAGING', 3, 1, '2026-11-26 22:09:11.558972', '2026-11-26 22:09:13.264167', NULL, NULL, '2026-11-26 22:09:13.264167', 'Restoring image', NULL, NULL, NULL);
INSERT INTO public.registrations VALUES (4, 'C02FALED01', NULL, 'paris', 'kiosk', 'failed', 'U0ALICE', 'C0IMAGING', 4, 1, '2026-11-26 22:09:11.680751', '2026-11-26 22:09:13.315511', NULL, NULL, '2026-11-26 22:09:13.315511', 'Restoring image', NULL, NULL, NULL);
INSERT INTO public.registrations VALUES (8, 'C02BENCHED', 'C02BENCHED', 'paris', 'basic', 'confirmed', 'U0ALICE', 'C0IMAGING', 8, 2, '2026-11-26 22:09:13.350706', '2026-11-26 22:09:13.463242', '2026-11-26 22:09:13.463242', NULL, '2026-11-26 22:09:13.463242', NULL, NULL, NULL, NULL);
INSERT INTO public.registrations VALUES (1, 'C02WAT0001', 'C02WAT0001', 'london', 'design', 'confirmed', 'U0ALICE', 'C0IMAGING', 1, 2, '2026-11-26 22:09:10.317571', '2026-11-26 22:09:18.38494', '2026-11-26 22:09:18.38494', NULL, '2026-11-26 22:09:18.38494', NULL, NULL, NULL, NULL);
INSERT INTO public.registrations VALUES (6, 'C02WED0001', 'C02WED0001', 'london', 'developer', 'confirmed', 'U0ALICE', 'C0IMAGING', 6, 2, '2026-11-26 22:09:12.111431', '2026-11-26 22:09:18.423725', '2026-11-26 22:09:18.423725', NULL, '2026-11-26 22:09:18.423725', NULL, NULL, NULL, NULL);


--
-- Data for Name: restores; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: revisions; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.revisions VALUES (1, 'C02CNFRM01', 2, NULL, 'first boot', '2026-11-26 22:09:13.201428', NULL, '\x3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d225554462d38223f3e0a3c21444f435459504520706c697374205055424c494320222d2f2f4170706c652f2f44544420504c49535420312e302f2f454e222022687474703a2f2f7777772e6170706c652e636f6d2f445444732f50726f70657274794c6973742d312e302e647464223e0a3c706c6973742076657273696f6e3d22312e30223e0a3c646963743e0a093c6b65793e636174616c6f67733c2f6b65793e0a093c61727261793e0a09093c737472696e673e70726f64756374696f6e3c2f737472696e673e0a093c2f61727261793e0a093c6b65793e696e636c756465645f6d616e6966657374733c2f6b65793e0a093c61727261793e0a09093c737472696e673e736974655f64656661756c743c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f73697465732f6c6f6e646f6e3c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f6275696c64732f64657369676e3c2f737472696e673e0a093c2f61727261793e0a093c6b65793e6d616e616765645f696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a093c6b65793e6d616e616765645f756e696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a3c2f646963743e0a3c2f706c6973743e0a');
INSERT INTO public.revisions VALUES (2, 'C02BENCHED', 8, NULL, 'first boot', '2026-11-26 22:09:13.463242', NULL, '\x3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d225554462d38223f3e0a3c21444f435459504520706c697374205055424c494320222d2f2f4170706c652f2f44544420504c49535420312e302f2f454e222022687474703a2f2f7777772e6170706c652e636f6d2f445444732f50726f70657274794c6973742d312e302e647464223e0a3c706c6973742076657273696f6e3d22312e30223e0a3c646963743e0a093c6b65793e636174616c6f67733c2f6b65793e0a093c61727261793e0a09093c737472696e673e70726f64756374696f6e3c2f737472696e673e0a093c2f61727261793e0a093c6b65793e696e636c756465645f6d616e6966657374733c2f6b65793e0a093c61727261793e0a09093c737472696e673e736974655f64656661756c743c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f73697465732f70617269733c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f6275696c64732f62617369633c2f737472696e673e0a093c2f61727261793e0a093c6b65793e6d616e616765645f696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a093c6b65793e6d616e616765645f756e696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a3c2f646963743e0a3c2f706c6973743e0a');
INSERT INTO public.revisions VALUES (3, 'C02WAT0001', 1, NULL, 'first boot', '2026-11-26 22:09:18.38494', NULL, '\x3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d225554462d38223f3e0a3c21444f435459504520706c697374205055424c494320222d2f2f4170706c652f2f44544420504c49535420312e302f2f454e222022687474703a2f2f7777772e6170706c652e636f6d2f445444732f50726f70657274794c6973742d312e302e647464223e0a3c706c6973742076657273696f6e3d22312e30223e0a3c646963743e0a093c6b65793e636174616c6f67733c2f6b65793e0a093c61727261793e0a09093c737472696e673e70726f64756374696f6e3c2f737472696e673e0a093c2f61727261793e0a093c6b65793e696e636c756465645f6d616e6966657374733c2f6b65793e0a093c61727261793e0a09093c737472696e673e736974655f64656661756c743c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f73697465732f6c6f6e646f6e3c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f6275696c64732f64657369676e3c2f737472696e673e0a093c2f61727261793e0a093c6b65793e6d616e616765645f696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a093c6b65793e6d616e616765645f756e696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a3c2f646963743e0a3c2f706c6973743e0a');
INSERT INTO public.revisions VALUES (4, 'C02WED0001', 6, NULL, 'first boot', '2026-11-26 22:09:18.423725', NULL, '\x3c3f786d6c2076657273696f6e3d22312e302220656e636f64696e673d225554462d38223f3e0a3c21444f435459504520706c697374205055424c494320222d2f2f4170706c652f2f44544420504c49535420312e302f2f454e222022687474703a2f2f7777772e6170706c652e636f6d2f445444732f50726f70657274794c6973742d312e302e647464223e0a3c706c6973742076657273696f6e3d22312e30223e0a3c646963743e0a093c6b65793e636174616c6f67733c2f6b65793e0a093c61727261793e0a09093c737472696e673e70726f64756374696f6e3c2f737472696e673e0a093c2f61727261793e0a093c6b65793e696e636c756465645f6d616e6966657374733c2f6b65793e0a093c61727261793e0a09093c737472696e673e736974655f64656661756c743c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f73697465732f6c6f6e646f6e3c2f737472696e673e0a09093c737472696e673e696e636c756465645f6d616e6966657374732f6275696c64732f646576656c6f7065723c2f737472696e673e0a093c2f61727261793e0a093c6b65793e6d616e616765645f696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a093c6b65793e6d616e616765645f756e696e7374616c6c733c2f6b65793e0a093c61727261792f3e0a3c2f646963743e0a3c2f706c6973743e0a');


--
-- Data for Name: strangers; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.strangers VALUES (1, 'C02STRANGE', 'C02STRANGE', 10, '2026-11-26 22:09:17.279287', '2026-11-26 22:09:17.279287', NULL, NULL, NULL);


--
-- Name: acts_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.acts_id_seq', 10, true);


--
-- Name: benches_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.benches_id_seq', 1, true);


--
-- Name: cards_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.cards_id_seq', 11, true);


--
-- Name: credentials_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.credentials_id_seq', 2, true);


--
-- Name: documents_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.documents_id_seq', 1, true);


--
-- Name: events_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.events_id_seq', 16, true);


--
-- Name: imports_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.imports_id_seq', 3, true);


--
-- Name: jobs_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.jobs_id_seq', 5, true);


--
-- Name: notifications_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.notifications_id_seq', 27, true);


--
-- Name: registrations_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.registrations_id_seq', 8, true);


--
-- Name: restores_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.restores_id_seq', 1, false);


--
-- Name: revisions_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.revisions_id_seq', 4, true);


--
-- Name: strangers_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.strangers_id_seq', 1, true);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: acts pk_acts; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.acts
    ADD CONSTRAINT pk_acts PRIMARY KEY (id);


--
-- Name: benches pk_benches; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.benches
    ADD CONSTRAINT pk_benches PRIMARY KEY (id);


--
-- Name: cards pk_cards; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.cards
    ADD CONSTRAINT pk_cards PRIMARY KEY (id);


--
-- Name: channels pk_channels; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.channels
    ADD CONSTRAINT pk_channels PRIMARY KEY (id);


--
-- Name: counters pk_counters; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.counters
    ADD CONSTRAINT pk_counters PRIMARY KEY (pattern);


--
-- Name: credentials pk_credentials; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT pk_credentials PRIMARY KEY (id);


--
-- Name: documents pk_documents; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.documents
    ADD CONSTRAINT pk_documents PRIMARY KEY (id);


--
-- Name: events pk_events; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT pk_events PRIMARY KEY (id);


--
-- Name: exposures pk_exposures; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.exposures
    ADD CONSTRAINT pk_exposures PRIMARY KEY (credential_id, site, build, host);


--
-- Name: good_templates pk_good_templates; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.good_templates
    ADD CONSTRAINT pk_good_templates PRIMARY KEY (name);


--
-- Name: heartbeats pk_heartbeats; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.heartbeats
    ADD CONSTRAINT pk_heartbeats PRIMARY KEY (process);


--
-- Name: imports pk_imports; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT pk_imports PRIMARY KEY (id);


--
-- Name: jobs pk_jobs; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (id);


--
-- Name: known_clients pk_known_clients; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.known_clients
    ADD CONSTRAINT pk_known_clients PRIMARY KEY (digest);


--
-- Name: looks pk_looks; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.looks
    ADD CONSTRAINT pk_looks PRIMARY KEY (what);


--
-- Name: notifications pk_notifications; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT pk_notifications PRIMARY KEY (id);


--
-- Name: promised_scripts pk_promised_scripts; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.promised_scripts
    ADD CONSTRAINT pk_promised_scripts PRIMARY KEY (site, build, digest, fenced);


--
-- Name: refusals pk_refusals; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.refusals
    ADD CONSTRAINT pk_refusals PRIMARY KEY (day, address, reason);


--
-- Name: registrations pk_registrations; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT pk_registrations PRIMARY KEY (id);


--
-- Name: restores pk_restores; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.restores
    ADD CONSTRAINT pk_restores PRIMARY KEY (id);


--
-- Name: revisions pk_revisions; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT pk_revisions PRIMARY KEY (id);


--
-- Name: strangers pk_strangers; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.strangers
    ADD CONSTRAINT pk_strangers PRIMARY KEY (id);


--
-- Name: credentials uq_credentials_digest; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.credentials
    ADD CONSTRAINT uq_credentials_digest UNIQUE (digest);


--
-- Name: ix_events_act; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_act ON public.events USING btree (act_id) WHERE (act_id IS NOT NULL);


--
-- Name: ix_events_registration_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_events_registration_id ON public.events USING btree (registration_id);


--
-- Name: ix_imports_card_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_imports_card_id ON public.imports USING btree (card_id);


--
-- Name: ix_known_clients_last_good_at; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_known_clients_last_good_at ON public.known_clients USING btree (last_good_at);


--
-- Name: ix_notifications_in_doubt; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_notifications_in_doubt ON public.notifications USING btree (channel, id) WHERE (((state)::text = 'owed'::text) AND (lost_at IS NOT NULL));


--
-- Name: ix_notifications_owed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_notifications_owed ON public.notifications USING btree (channel, id) WHERE ((state)::text = 'owed'::text);


--
-- Name: ix_notifications_parked; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_notifications_parked ON public.notifications USING btree (id) WHERE ((state)::text = 'parked'::text);


--
-- Name: ix_registrations_card_id; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_registrations_card_id ON public.registrations USING btree (card_id);


--
-- Name: ix_registrations_computer_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_registrations_computer_name ON public.registrations USING btree (computer_name) WHERE (computer_name IS NOT NULL);


--
-- Name: ix_registrations_failed; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_registrations_failed ON public.registrations USING btree (heard_at) WHERE ((state)::text = 'failed'::text);


--
-- Name: ix_registrations_imaging; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_registrations_imaging ON public.registrations USING btree (heard_at) WHERE ((state)::text = 'imaging'::text);


--
-- Name: ix_registrations_waiting; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_registrations_waiting ON public.registrations USING btree (site) WHERE ((state)::text = 'waiting'::text);


--
-- Name: ix_revisions_name; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_revisions_name ON public.revisions USING btree (name);


--
-- Name: ix_strangers_serial; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX ix_strangers_serial ON public.strangers USING btree (serial);


--
-- Name: uq_benches_open; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_benches_open ON public.benches USING btree (slot) WHERE (ended_at IS NULL);


--
-- Name: uq_imports_once; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_imports_once ON public.imports USING btree (once) WHERE (once IS NOT NULL);


--
-- Name: uq_notifications_once; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_notifications_once ON public.notifications USING btree (once) WHERE (once IS NOT NULL);


--
-- Name: uq_registrations_open_serial; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_registrations_open_serial ON public.registrations USING btree (serial) WHERE (closed_at IS NULL);


--
-- Name: uq_strangers_open_serial; Type: INDEX; Schema: public; Owner: -
--

CREATE UNIQUE INDEX uq_strangers_open_serial ON public.strangers USING btree (serial) WHERE (settled_at IS NULL);


--
-- Name: benches fk_benches_act_id_acts; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.benches
    ADD CONSTRAINT fk_benches_act_id_acts FOREIGN KEY (act_id) REFERENCES public.acts(id);


--
-- Name: benches fk_benches_card_id_cards; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.benches
    ADD CONSTRAINT fk_benches_card_id_cards FOREIGN KEY (card_id) REFERENCES public.cards(id);


--
-- Name: events fk_events_act_id_acts; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_act_id_acts FOREIGN KEY (act_id) REFERENCES public.acts(id);


--
-- Name: events fk_events_registration_id_registrations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.events
    ADD CONSTRAINT fk_events_registration_id_registrations FOREIGN KEY (registration_id) REFERENCES public.registrations(id);


--
-- Name: imports fk_imports_act_id_acts; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT fk_imports_act_id_acts FOREIGN KEY (act_id) REFERENCES public.acts(id);


--
-- Name: imports fk_imports_card_id_cards; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.imports
    ADD CONSTRAINT fk_imports_card_id_cards FOREIGN KEY (card_id) REFERENCES public.cards(id);


--
-- Name: notifications fk_notifications_card_id_cards; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT fk_notifications_card_id_cards FOREIGN KEY (card_id) REFERENCES public.cards(id);


--
-- Name: notifications fk_notifications_registration_id_registrations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT fk_notifications_registration_id_registrations FOREIGN KEY (registration_id) REFERENCES public.registrations(id);


--
-- Name: notifications fk_notifications_thread_id_cards; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT fk_notifications_thread_id_cards FOREIGN KEY (thread_id) REFERENCES public.cards(id);


--
-- Name: registrations fk_registrations_card_id_cards; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.registrations
    ADD CONSTRAINT fk_registrations_card_id_cards FOREIGN KEY (card_id) REFERENCES public.cards(id);


--
-- Name: revisions fk_revisions_registration_id_registrations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.revisions
    ADD CONSTRAINT fk_revisions_registration_id_registrations FOREIGN KEY (registration_id) REFERENCES public.registrations(id);


--
-- Name: strangers fk_strangers_card_id_cards; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.strangers
    ADD CONSTRAINT fk_strangers_card_id_cards FOREIGN KEY (card_id) REFERENCES public.cards(id);


--
-- Name: strangers fk_strangers_registration_id_registrations; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.strangers
    ADD CONSTRAINT fk_strangers_registration_id_registrations FOREIGN KEY (registration_id) REFERENCES public.registrations(id);


--
-- PostgreSQL database dump complete
--


