"""What people ask for and this engine does not do, by name: better than "not understood". Pure."""

from __future__ import annotations

from dataclasses import dataclass

from nemovideo.engine.agent.language import Said
from nemovideo.engine.agent.wording import Wording

__all__ = ["Unable", "of_speech", "unable_in"]


@dataclass(frozen=True, slots=True)
class Unable:
    """One thing that is not done here: the tool's word for it, and the person's."""

    name: str
    what: Said
    words: Wording


def _row(name: str, en: str, zh: str, *, said: tuple[str, ...], zh_said: tuple[str, ...]) -> Unable:
    return Unable(name, {"en": en, "zh": zh}, Wording(en=said, zh=zh_said))


_TABLE = (
    _row(
        "subtitles",
        "Making subtitles from speech",
        "根据语音自动生成字幕",
        said=(
            (
                r"\b(?:auto\w*|generate|create|make|add|transcri\w+)\b[^,.;]{0,30}\b(?:subtitles?|"
                r"captions?|transcript\w*)\b"
            ),
            r"\btranscri(?:be|pt\w*)\b",
            r"\bspeech[\s-](?:to[\s-]text|recognition)\b",
        ),
        zh_said=("(?:自动|识别|生成|语音).{0,8}字幕", "加上?字幕", "语音识别", "听写", "转成?文字"),
    ),
    _row(
        "translate",
        "Translating",
        "翻译",
        said=(r"\btranslat\w+\b", r"\bdub(?:bing|bed)?\b"),
        zh_said=("翻译", "译成", "译制", "中英"),
    ),
    _row(
        "voiceover",
        "Speaking a text",
        "配音（语音合成）",
        said=(
            r"\bvoice[\s-]?over\b",
            r"\bnarrat\w+\b",
            r"\btext[\s-]to[\s-]speech\b",
            r"\btts\b",
            r"\bai\s+voice\b",
            r"\bclone\b.{0,20}\bvoice\b",
        ),
        zh_said=("配音", "旁白", "朗读", "语音合成", "解说"),
    ),
    _row(
        "stabilise",
        "Steadying a shaky picture",
        "防抖、画面稳定",
        said=(r"\bstabili[sz]\w*\b", r"\b(?:shaky|shak(?:e|ing))\b", r"\bsteady\b"),
        zh_said=("防抖", "稳定", "抖动"),
    ),
    _row(
        "colour",
        "Changing colours, brightness or filters",
        "调色、亮度和滤镜",
        said=(
            r"\bcolou?r(?:s|\s?grad\w+|\s?correct\w+|ful)?\b(?!\s*#)",
            (
                r"\b(?:filters?|lut|vintage|sepia|cinematic|black\s+and\s+white|b&w|"
                r"gr[ae]yscale|monochrome)\b"
            ),
            (
                r"\b(?:bright\w*|dark\w*|contrast|saturat\w*|exposure|white\s+balance|"
                r"warm(?:er|th)?|cooler|hue|gamma|vibran\w+|sharp\w*)\b"
            ),
        ),
        zh_said=("调色|滤镜|亮度|变亮|调亮|变暗|调暗|对比度|饱和度|色温|白平衡|黑白|复古|锐化|美颜|电影感",),
    ),
    _row(
        "background",
        "Removing or changing the background",
        "去除或更换背景",
        said=(
            (
                r"\b(?:background|green\s?screen|chroma\s?key)\b(?!\s*(?:music|sound|"
                r"audio|noise|song|track|tune))"
            ),
        ),
        zh_said=("抠像|抠图|绿幕|(?:去|换|删|改|替换|移除|更换)[掉除]?背景(?!音|声|噪)|背景(?:去|换|虚化|模糊)",),
    ),
    _row(
        "blur_parts",
        "Blurring faces or parts of the picture",
        "给人脸或局部画面打码",
        said=(r"\b(?:blur|pixelate|censor|mosaic|hide|cover)\w*\b", r"\bfaces?\b"),
        zh_said=("打码", "马赛克", "模糊", "人脸", "遮挡"),
    ),
    _row(
        "watermark",
        "Taking a watermark or an object out of the picture",
        "去除水印或画面中的物体",
        said=(
            (
                r"\b(?:remove|delete|erase|get\s+rid\s+of|take\s+(?:out|off))\b.{0,30}\b(?:watermarks?|"
                r"logos?|objects?|people|person|wires?)\b"
            ),
        ),
        zh_said=("[去除删移][掉除去]?.{0,4}(?:水印|标志|物体|路人)",),
    ),
    _row(
        "overlay",
        "Laying a logo, a sticker or a second picture over the film",
        "叠加标志、贴纸或画中画",
        said=(
            (
                r"\b(?:logo|sticker|watermark|emoji|overlay|picture[\s-]in[\s-]picture|"
                r"pip|split[\s-]?screen|side\s+by\s+side|lower\s+third|progress\s+bar|"
                r"status\s+bar)\b"
            ),
        ),
        zh_said=("水印", "贴纸", "标志", "logo", "画中画", "分屏", "并排", "表情"),
    ),
    _row(
        "upscale",
        "Adding detail that the picture does not have",
        "提升画质（超分辨率）",
        said=(
            r"\bupscal\w+\b",
            r"\bsuper[\s-]?res\w*\b",
            r"\benhance\b",
            (
                r"\b(?:improve|increase|better)\b.{0,20}\b(?:quality|picture|image|"
                r"resolution)\b"
            ),
            r"\brestor(?:e|ation)\b.{0,20}\b(?:old|footage|film|quality)\b",
            r"\b(?:ai|frame)\s+interpolat\w+\b",
        ),
        zh_said=("超分", "提升画质", "增强", "画质(?:修复|提升)", "修复", "变清晰", "高清修复", "补帧", "插帧"),
    ),
    _row(
        "denoise",
        "Cleaning noise out of picture or sound",
        "降噪",
        said=(
            r"\bde-?nois\w+\b",
            r"\bnoise\b",
            r"\b(?:hum|hiss|echo|reverb|wind)\b",
            r"\bclean\s+up\b.{0,20}\b(?:audio|sound|voice)\b",
            (
                r"\b(?:balance|normali[sz]e|equali[sz]e|level)\b.{0,12}\b(?:audio|"
                r"sound|levels?|voice|volume)\b"
            ),
        ),
        zh_said=("降噪", "去噪", "噪音", "噪声", "杂音", "回声", "均衡音量"),
    ),
    _row(
        "reverse",
        "Playing backwards",
        "倒放",
        said=(r"\b(?:play\w*|run\w*)?\s*\bbackwards?\b", r"\brevers(?:e|ed|ing)\b", r"\brewind\b"),
        zh_said=("倒放", "倒着放", "倒播", "反向播放"),
    ),
    _row(
        "transition",
        "Transitions between clips other than a fade",
        "淡入淡出以外的转场",
        said=(r"\btransitions?\b", r"\bcross[\s-]?(?:fade|dissolve)\b", r"\bdissolve\b", r"\bwipe\b"),
        zh_said=("转场", "叠化", "过渡效果"),
    ),
    _row(
        "effects",
        "Zooms, animations and effects",
        "缩放动画和特效",
        said=(r"\bzoom\w*\b", r"\b(?:ken\s+burns|effects?|animat\w+|glitch|particles?|shake)\b", r"\bfreeze\b"),
        zh_said=("特效", "动画", "放大画面", "推近", "拉近", "定格"),
    ),
    _row(
        "find_parts",
        "Finding parts by what is seen or said",
        "根据画面或语音内容找片段",
        said=(
            (
                r"\b(?:highlights?|best\s+(?:parts?|moments?)|boring\s+parts?|silen(?:ce|"
                r"t)s?\b.{0,12}(?:parts?)?|pauses?|um+s?|filler\s+words?|scene\s+detect\w*|"
                r"mistakes?|blooper)\b"
            ),
        ),
        zh_said=("高光", "精彩", "无聊", "停顿", "静音片段", "口误", "自动剪辑", "废片"),
    ),
    _row(
        "generate",
        "Making pictures or films that were not uploaded",
        "凭空生成视频或图片",
        said=(
            (
                r"\b(?:generate|create|produce|imagine|draw|make\s+(?:me\s+)?a)\b.{0,25}\b(?:video|"
                r"film|movie|clip|scene|image|picture|animation|avatar|trailer|ad|"
                r"commercial|story|music|song)\b"
            ),
            r"\btext[\s-]to[\s-]video\b",
            r"\b(?:deep\s?fake|face\s?swap)\b",
        ),
        zh_said=("生成.{0,8}(?:视频|图片|动画|音乐|画面|短片)", "文生视频", "制作一个", "换脸", "数字人"),
    ),
)


_OF_SPEECH = Wording(
    en=(
        (
            r"\b(?:auto\w*|generate|transcri\w+|speech|spoken)\b.{0,40}\b(?:subtitles?|captions?)\b"
            r"|\b(?:subtitles?|captions?)\b.{0,40}\b(?:auto\w*|speech|spoken|what\s+\w+\s+(?:say|said)\w*)\b"
        ),
    ),
    zh=("(?:自动|语音|识别).{0,8}字幕", "字幕.{0,8}(?:自动|语音|识别)"),
)


def of_speech(text: str) -> Unable | None:
    """What must not be read as an edit: captions whose words only the sound has."""
    return _TABLE[0] if _OF_SPEECH.found(text) else None


def unable_in(text: str) -> Unable | None:
    """What of the table a plain text asks for."""
    return next((one for one in _TABLE if one.words.found(text)), None)
