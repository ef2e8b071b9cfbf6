"""How the backend talks of a screen, as data: where an instruction begins, what it is about, what a button does.

The backend believes that somebody looks at its editor (spec, section 7). Only an instruction to that somebody counts,
"click Export" and "you can open the media panel"; "the man clicks a button" tells of the film.
"""

# ruff: noqa: E501 — one pattern a line reads better than any wrapping

from __future__ import annotations

import re
from typing import Literal

__all__ = [
    "AFTERTHOUGHT",
    "BREAK",
    "CONTENT",
    "FILM",
    "HEADING",
    "INSTRUCTIONS",
    "Kind",
    "LEAD_IN",
    "NAMES",
    "OBJECT_END",
    "QUOTED",
    "SENTENCE_END",
]

Kind = Literal["export", "credits", "state", "upload", "edit"]

QUOTED = re.compile(
    r"“[^”\n]{0,200}”|【[^】\n]{0,200}】|「[^」\n]{0,200}」|《[^》\n]{0,200}》|\"[^\"\n]{0,200}\"|‘[^’\n]{0,200}’|(?<!\w)'[^'\n]{1,200}'(?!\w)|\*\*[^*\n]{1,200}\*\*|`[^`\n]{1,200}`|\[[^\[\]\n]{1,60}\](?!\()"
)
SENTENCE_END = re.compile(r"(?:(?<![.!?])[.!?]+[\"'”’)\]]*(?=\s|$)|(?<![。！？])[。！？]+[”」）]*|\n)")

_LEAD = (
    r"(?:(?:please|now|then|next|finally|first|just|simply|also|and|so|later|instead|alternatively|go ahead and|feel free to"
    r"|make sure to|be sure to|remember to|try to|let's|all you need to do is|you need only|(?:when|once|if|after|whenever) you"
    r"|you(?:'ll| will|'re able to| are able to)?(?:,? (?:can|could|may|might|should|must|will|need to|have to|want to|now|then"
    r"|just|also|simply|even|always|directly|easily)){0,6})[, ]\s*){0,6}"
)
_MARK = r"^\s*(?:[-*•]\s+|\d+[.)、]\s*|\(\d+\)\s*|step \d+[:.]?\s*|第?[一二三四五六七八九十]+步?[、.：:，]\s*|[①-⑩]\s*|#+\s+)?(?:[→\u2600-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff\ufe0f\u200d]\s*)*\**"
_EN = _MARK + _LEAD
_ZH = (
    _MARK
    + r"(?:请|您|你|用户|或者|或|可以|可|只需要?|只要|然后|接着|再|就|直接|现在|最后|也|还|还可以|能|需要|需|应该|随时|首先|先|接下来|之后|并|手动|后"
    r"|在[^，。；]{0,12}?(?:右上角|左上角|右下角|左下角|上方|下方|左侧|右侧|顶部|底部|工具栏|菜单栏?|界面|面板|页面)(?:中|里|上|处|的)?|(?:满意|完成|确认|确定|编辑|修改|检查|预览|剪辑|处理){1,2}(?:完成|好|完)?(?:之?后|的话)){0,6}"
)
_SCREEN = r"panel|tab|menu|librar(?:y|ies)|sidebar|inspector|window|editor|page|workspace|browser|toolbar|drawer|dialog|settings"
_PLACES = rf"corner|toolbar|top|bottom|sidebar|left|right|header|interface|screen|{_SCREEN}"
_KNOWN = r"(?:export|download|render|upload|import|undo|redo|play|preview)"
_SYMBOL = r"[\u2190-\u2bff\U0001f300-\U0001faff]"
_TARGET = rf"(?:the|your|this|that|it|these|those|here|on|any|an?|each)\b|[\"'“‘*\x00]|\(?(?-i:[A-Z])|\S+ (?:button|icon)|{_KNOWN}\b|{_SYMBOL}"
_TASK = r"export|download|save|render|upload|import|preview|undo|redo|adjust|change|edit|add|play|share|apply|customi[sz]e|modify|control|fine-tune"
_BUTTON = rf"[^,.;]*\b(?:button|icon|key|spacebar|ctrl|cmd|command|shift|tab|menu|option|link|checkbox|toggle)\b|(?:on )?(?:the )?(?:[\"'“‘*\x00]|(?-i:[A-Z][a-z]))|(?:the )?(?:{_KNOWN}|space(?: ?bar)?|enter|return|esc(?:ape)?|delete)\b"


def _rule(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_SOMEWHERE = (  # "drop the sound" is no drag
    r"(?=[^,.;]*(?:\bhere\b|\b(?:in|on|onto|into|at|to|over|above|below|between|before|after)\b[^,.;]*\b"
    r"(?:timeline|tracks?|canvas|panel|area|box|zone|window|editor|librar(?:y|ies)|media|clips?|scenes?|start|end"
    r"|beginning|playhead)\b))"
)

INSTRUCTIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("edit", _rule(_EN + rf"(?P<verb>drag(?:[ -]and[ -]drop|/drop| & drop)?|drop{_SOMEWHERE})\s+(?P<object>(?:the|your|its|this|that|it|these|those|any|an?|each|clips?|files?|media|videos?|\x00)(?:\b|\x00).*)")),
    ("edit", _rule(_ZH + r"(?:(?:将|把)(?P<object>[^，。；]{1,30}?))?(?P<verb>拖拽|拖动|拖放|拖到|拖入|拖至|拖进)(?P<rest>.*)")),
    ("click", _rule(_EN + rf"(?P<verb>(?:double[- ]|right[- ]|left[- ])?click|tap)\s+(?:on )?(?P<object>(?:{_TARGET}).*)")),
    ("click", _rule(_EN + rf"(?P<verb>press|hit|push|select|choose|pick|use|toggle)\s+(?P<object>(?:{_BUTTON}).*)")),
    ("click", _rule(_EN + r"(?P<verb>select)\s+(?P<object>(?:the|your|this|that)\s+(?:[^\s,.;]+ ){0,2}?(?:clip|track|segment|layer|element)(?: (?:in|on) (?:the|your) (?:timeline|canvas))?\W*)$")),
    ("click", _rule(_EN + rf"(?P<verb>{_TASK})\b[^,.;]*?\s+by (?:clicking|pressing|tapping|hitting|selecting|using|opening|going to)\s+(?:on )?(?P<object>(?:{_TARGET}).*)")),
    ("click", _rule(_EN + rf"(?P<verb>{_TASK})\b[^,.;]*?\s+(?:using|via|with|from|through|in|on) (?P<object>(?:the|your) (?:[^\s,.;]+ ){{0,3}}?(?:button|icon|slider|dropdown|menu|panel|tab|sidebar|toolbar|inspector)\b.*)")),
    ("click", _rule(_EN + r"(?P<verb>use|move|adjust)\s+(?P<object>[^,.;]*\b(?:slider|dropdown|handles?|playhead|toolbar|panel)\b.*)")),
    ("click", _rule(_EN + r"(?P<verb>hover|scroll|swipe|pinch)\s+(?:(?:down|up|left|right|in|out)\b\s*(?:(?:over|to|on|through)\b\s*)?|(?:over|to|on|through)\b\s*|(?=(?:the|your)\b))(?P<object>.*)")),
    ("click", _rule(_ZH + r"(?P<verb>点击|点按|单击|双击|右击|点选|轻点|轻触|点一下|按下|选择|使用)(?P<object>[^，。；]*?(?:按钮|图标|选项|菜单|\x00).*)")),
    ("click", _rule(_ZH + r"(?P<verb>点击|点按|单击|双击|右击|点选|轻点|轻触|点一下)(?P<object>.+)")),
    ("credits", _rule(_EN + r"(?P<verb>check|visit|see|review|manage|view|open|go to|log ?in to|update|top up)\s+(?P<object>(?:out )?(?:your |the |my )?(?:[\w/]+ ){0,3}?(?:account|billing|subscription|plan|credits?(?: balance)?)\b.*)")),
    ("credits", _rule(_ZH + r"(?P<verb>查看|检查|前往|登录|进入|打开|到|去)(?P<object>[^，。；]{0,8}?(?:账户|账号|账单|订阅|计费|积分|余额).*)")),
    ("state", _rule(_EN + r"(?:would you like to |(?:do you )?want to )?(?P<verb>preview|view|see|play|watch|check|review|find|inspect)\s*(?P<object>[^,.;]*?\b(?:in|on)(?: the| your)? (?:timeline|preview(?: (?:window|panel|player|area|pane))?|player|editor|canvas|viewer|program monitor)\b.*)")),
    ("state", _rule(_MARK + r"(?P<verb>(?:a |the |your )?(?:live )?preview\b)(?P<object>[^,.;]*?\b(?:in|on)(?: the| your)? timeline\b(?!\s+(?:shows?|has|is|was|now|contains?|looks?|displays?|starts?|will)\b).*)")),
    ("state", _rule(_ZH + r"(?:在|通过)?(?P<verb>(?:时间[线轴]|预览(?:窗口|面板|区域?|框)|播放器|画布)(?:中|上|里|内|面板)*)(?P<object>[^，。；]*?(?:预览|查看|播放).*)")),
    ("state", _rule(_ZH + r"(?P<verb>预览|查看|播放)(?P<object>[^，。；]*?时间[线轴].*)")),
    ("open", _rule(_EN + rf"(?P<verb>open|go to|navigate to|head (?:over )?to|switch to|expand|close|look (?:in|at)|check)\s+(?P<object>(?:up )?(?:the|your|an?)? ?(?:[^\s,.;]+ ){{0,3}}?(?:{_SCREEN})s?\b.*)")),
    ("open", _rule(_EN + r"(?P<verb>open|expand|switch to|go to)\s+(?P<object>(?:the |your )?(?:timeline\b|\x00).*)")),
    ("click", _rule(_MARK + r"(?:请|您|你|可以|可|也|还|随时|如需|需要时?|直接|手动|，){0,6}在(?P<object>[^，。；]{0,12}?(?:面板|菜单|工具栏|标签页|侧边栏|设置))(?:中|里|上|内)(?P<verb>调整|修改|设置|选择|更改|编辑|调节|添加|更换)(?!了|好|完).*")),
    ("open", _rule(_ZH + r"(?P<verb>打开|进入|切换到|前往|展开|关闭)(?P<object>[^，。；]{0,12}?(?:面板|标签页?|菜单|侧边?栏|[素媒音字特贴模]\w{1,2}库|窗口|页面|设置|工作区|编辑器|时间[线轴]|工具栏|\x00).*)")),
    ("told", _rule(_MARK + rf"(?:(?:the|an?|your)\s+|(?={_KNOWN}\b))(?P<object>(?:\S+ ){{0,3}}?(?:button|icon|{_SCREEN}))\s+(?:is|are|can be found|will appear|appears|sits|at|in|on)\b[^,.;]*\b(?:{_PLACES})\b.*")),
    ("told", _rule(_MARK + rf"(?:and |then |now )*you(?:'ll| will| can| should)*\s+(?:find|see|notice)\s+(?P<object>[^,.;]*?\b(?:button|icon|{_SCREEN})\b.*)")),
    ("told", _rule(_MARK + r"[^，。；]{0,8}?(?P<object>(?:导出|下载|上传|导入|\x00+)的?(?:按钮|图标))(?:在|位于|就在|可以|即可).*")),
    ("told", _rule(_MARK + r"(?:the )?(?P<object>(?:export|download|upload) button|(?:导出|下载|上传)按钮)\W*$")),
)  # fmt: skip
"""Each names the group `object`: what is clicked, opened, dragged. They are matched with a clause's quotations as NULs."""

NAMES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("export", _rule(r"\b(?:re-?)?export|\bdownload|\brender\b|[⬇⤓]|导出|下载|渲染|输出")),
    ("credits", _rule(r"\bbilling|\baccount|\bsubscri|\bcredits?\b|\bupgrade|\btop[- ]?up|\bplans?\b|账户|账号|账单|订阅|积分|充值|余额|升级")),
    ("upload", _rule(r"\bupload|\bimport|\badd (?:media|files?)\b|上传|导入")),
    ("edit", _rule(r"\bundo\b|\bredo\b|撤销|重做")),
    ("state", _rule(r"\bpreview\b|\bplay\b|\bspace(?: ?bar)?\b|\btimeline\b|\btracks?\b|\bmedia\b|\blibrary\b|[▶►⏵]|预览|播放|时间[线轴]|轨道|素材|媒体")),
)  # fmt: skip
"""What a button or a panel of this name does here."""

OBJECT_END = _rule(
    r"\b(?:to|in|at|on|when|if|once|and|or|so|for|below|above|then|from|located|whenever)\b|[,.;:()，。；（）]|即可|就可以|就能|来|以便?|便可|进行"
)
BREAK = _rule(
    r"(?<!\s)\s*[,;—–]\s+(?:(?:and|then|so|but|or)\s+){0,3}|(?<!\s)\s*[，；]\s*|(?<!\s)\s*:\s+|：\s*"
    r"|(?<!\s)\s+(?:and then|and|then|or|so)\s+(?=(?:you|please|just|click|tap|press|hit|open|drag|(?<!drag and )drop|preview|check|go to|select|use|view)\b)"
    r"|(?<=[^\s，。；])(?:然后|接着|再|并)(?=点|打开|拖|在时间|预览|单击|双击|进入)"
)
LEAD_IN = _rule(
    r"^\W*(?:if|when|once|after|to|for|whenever|before|as soon as|in order to|next(?: steps?)?|then|finally|now|first|also|alternatively"
    r"|otherwise|tips?|note|steps?(?: \d+)?|from there|after that)\b"
    r"|^\W*(?:如果|如需|若|当|要|想|想要|完成后|之后|然后|接下来|最后|下一步|提示|步骤|第[一二三四五六七八九十\d]+步|首先|满意后|确认后|需要时|编辑完成后)"
)
"""A clause that leads to the instruction after it, and goes with it: "if you like it, …"."""
AFTERTHOUGHT = _rule(
    r"^\W*(?:to|where|which|so that|so you can|in order to|located|in the|at the|on the|from there|(?:then )?(?:select|choose|pick|adjust|set|enter|confirm)\b)\b|^\W*(?:即可|就可以|就能|来|以便?|便可|从而)"
)
"""A clause that says what the instruction before it is for, and goes with it."""
FILM = _rule(
    r"\b(?:scenes?|shots?|footage|character|actor|man|woman|boy|girl|he|she|they)\b|画面|镜头|主角|人物|男人|女人|他|她"
)
"""Words of a sentence that tells of the film: what is clicked there is in it."""
HEADING = _rule(
    r"^\W*(?:(?:next )?steps?|how to [^\n]{0,60}|to (?:export|download)[^\n]{0,60}|步骤|操作步骤|接下来|下一步)\**\s*[:：]?\**\s*$"
)
"""The line above a list that goes."""
CONTENT = _rule(
    r"\b(?:says?|saying|reads?|reading|text|titled?|captions?|subtitles?|labels?|lyrics|voice-?over|narrat\w+|scenes?|shots?|frames?"
    r"|footage|blur\w*|character|actor|man|woman)\b|写着|标题|字幕|文字|旁白|画面|镜头|片中|模糊"
)
"""Words of a clause that tells of the film: what follows its colon is shown or said there."""
